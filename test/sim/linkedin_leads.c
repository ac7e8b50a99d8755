/* SPDX-License-Identifier: MIT */
/* Forms with their questions, and what people answered: joined by questionId and the version that the person saw. */
#include "linkedin.h"

#define LEAD_VERSION_MOST 9

static const struct {
    int64_t number; /* the question's id is this and the form's */
    const char *field, *name, *text;
} lead_questions[] = {
    { 101, "FIRST_NAME", "First name", "Förnamn" },
    { 102, "LAST_NAME", "Last name", "Efternamn" },
    { 103, "EMAIL", "Email address", "E-postadress" },
    { 104, "JOB_TITLE", "Job title", "Jobbtitel" },
    { 201, NULL, "Size", "Hur många?" },
};

static int64_t lead_question_id(const sim_site *site, const world_entity *form, size_t i)
{
    return lead_questions[i].number * 100000000 + linkedin_id(site, WORLD_FORM, form->account.g, form->index) % 100000000;
}

int64_t linkedin_lead_version(const world_entity *form, int64_t at)
{
    int64_t period = form->version ? (form->updated - form->created) / form->version : 0;
    int64_t version = period && at > form->created ? (at - form->created) / period : 0;

    return 1 + version % LEAD_VERSION_MOST;
}

static void lead_local(sim_text *out, const char *name, const char *text)
{
    sim_json_key(out, name);
    sim_puts(out, "{\"localized\":{");
    sim_json_pair(out, "sv_SE", text);
    sim_puts(out, "}}");
}

/* each version adds an option; the numbers are its own and begin at 0 */
static void lead_options(sim_text *out, int64_t version)
{
    char text[80];

    sim_json_key(out, "options");
    sim_json_open(out, '[');
    for (int64_t i = 0; i <= version; i++) {
        (void)snprintf(text, sizeof text, "Version %lld, val %lld", (long long)version, (long long)i);
        sim_json_open(out, '{');
        sim_json_pair_int(out, "id", i);
        lead_local(out, "text", text);
        sim_putc(out, '}');
    }
    sim_putc(out, ']');
}

static void lead_question(sim_text *out, const sim_site *site, const world_entity *form, int64_t version, size_t i)
{
    sim_json_open(out, '{');
    sim_json_pair_int(out, "questionId", lead_question_id(site, form, i));
    lead_local(out, "question", lead_questions[i].text);
    sim_json_pair_bool(out, "responseEditable", true);
    sim_json_pair(out, "name", lead_questions[i].name);
    sim_json_key(out, "questionDetails");
    sim_json_open(out, '{');
    if (lead_questions[i].field) {
        sim_puts(out, "\"textQuestionDetails\":{\"maxResponseLength\":300}");
    } else {
        sim_puts(out, "\"multipleChoiceQuestionDetails\":{");
        lead_options(out, version);
        sim_putc(out, '}');
    }
    sim_putc(out, '}');
    if (lead_questions[i].field) sim_json_pair(out, "predefinedField", lead_questions[i].field);
    sim_json_pair_bool(out, "responseRequired", true);
    sim_putc(out, '}');
}

static void lead_owner(sim_text *out, const sim_site *site, int64_t g)
{
    char urn[96];

    linkedin_urn(urn, site, WORLD_ACCOUNT, g, 0);
    sim_json_key(out, "owner");
    sim_json_open(out, '{');
    sim_json_pair(out, "sponsoredAccount", urn);
    sim_putc(out, '}');
}

static void lead_form_owner(sim_text *out, const sim_site *site, const world_entity *form)
{
    char urn[96];

    if (!linkedin_page_form(site, form)) {
        lead_owner(out, site, form->account.g);
        return;
    }
    linkedin_urn(urn, site, WORLD_BUSINESS, form->account.user, 0);
    sim_json_key(out, "owner");
    sim_json_open(out, '{');
    sim_json_pair(out, "organization", urn);
    sim_putc(out, '}');
}

static void lead_content(sim_text *out, const sim_site *site, const world_entity *e, int64_t version)
{
    sim_json_key(out, "content");
    sim_puts(out, "{\"questions\":[");
    for (size_t i = 0; i < SIM_COUNT(lead_questions); i++) lead_question(out, site, e, version, i);
    sim_putc(out, ']');
    lead_local(out, "description", "testar");
    sim_puts(out, ",\"postSubmissionInfo\":{");
    lead_local(out, "message", "tack");
    sim_puts(out, ",\"callToAction\":{\"callToActionTarget\":{\"landingPageUrl\":\"https://shop.example\"},"
                  "\"callToActionLabel\":\"VISIT_COMPANY_WEBSITE\"}}");
    sim_printf(out, ",\"legalInfo\":{\"consents\":[],\"legalInfoId\":%lld,\"privacyPolicyUrl\":\"http://example.com/privacy\"",
               (long long)(1000000000 + linkedin_id(site, WORLD_FORM, e->account.g, e->index) % 100000000));
    lead_local(out, "legalDisclaimer", "villkor");
    sim_putc(out, '}');
    lead_local(out, "headline", "testar");
    sim_putc(out, '}');
}

static void lead_form(sim_text *out, const sim_site *site, const world_entity *e, int64_t version)
{
    static const char *const states[] = { "PUBLISHED", "PUBLISHED", "PUBLISHED", "DRAFT", "ARCHIVED" };
    char name[128];

    sim_json_open(out, '{');
    sim_printf(out, "\"reviewInfo\":{\"rejectionReasons\":[],\"lastUpdated\":%lld,\"reviewStatus\":\"%s\"}",
               (long long)e->updated * 1000 + 241, world_draw(e->h, 140, 3) ? "APPROVED" : "NEEDS_REVIEW");
    lead_form_owner(out, site, e);
    sim_puts(out, ",\"hiddenFields\":[]");
    sim_json_pair_int(out, "versionId", version);
    sim_json_pair_int(out, "created", e->created * 1000 + 690);
    sim_puts(out, ",\"creationLocale\":{\"country\":\"SE\",\"language\":\"sv\"}");
    sim_json_pair(out, "name", world_name(name, sizeof name, e));
    sim_json_pair_int(out, "id", linkedin_id(site, WORLD_FORM, e->account.g, e->index));
    sim_json_pair_int(out, "lastModified", e->updated * 1000 + 690);
    sim_json_pair(out, "state", states[world_draw(e->h, 141, 5)]);
    lead_content(out, site, e, version);
    sim_putc(out, '}');
}

void linkedin_write_form(sim_text *out, const sim_site *site, const world_entity *e)
{
    lead_form(out, site, e, linkedin_lead_version(e, sim_now(site->sim)));
}

/* ---- what people answered */

void linkedin_lead_id(char out[48], const sim_site *site, const world_entity *e)
{
    char uuid[40];

    sim_uuid(uuid, sim_seed(site), WORLD_LEAD, e->account.g, e->index);
    (void)snprintf(out, 48, "%s-%lld", uuid, (long long)(e->index % 10));
}

static void lead_answer(sim_text *out, const sim_site *site, const world_entity *form, const world_entity *e, size_t i)
{
    static const char *const firsts[] = { "Åsa", "Kevin", "Ngozi", "李" };
    int64_t version = linkedin_lead_version(form, e->created);
    char text[80];

    (void)snprintf(text, sizeof text, "%s", firsts[e->index % 4]);
    if (i == 1) (void)snprintf(text, sizeof text, "O'Neill-%lld", (long long)(e->index % 1000));
    if (i == 2) (void)snprintf(text, sizeof text, "person%lld@example.com", (long long)e->index);
    if (i == 3) (void)snprintf(text, sizeof text, "Senior \"Engineer\"");
    sim_json_open(out, '{');
    sim_puts(out, "\"answerDetails\":{");
    if (lead_questions[i].field) {
        sim_puts(out, "\"textQuestionAnswer\":{");
        sim_json_pair(out, "answer", text);
    } else {
        sim_printf(out, "\"multipleChoiceAnswer\":{\"options\":[%lld]", (long long)world_draw(e->h, 142, version + 1));
    }
    sim_puts(out, "}}");
    sim_json_pair_int(out, "questionId", lead_question_id(site, form, i));
    sim_putc(out, '}');
}

static void lead_where(sim_text *out, const sim_site *site, const world_entity *e)
{
    char urn[96];

    linkedin_urn(urn, site, WORLD_ADSET, e->account.g, e->adset);
    sim_puts(out, ",\"leadMetadata\":{\"sponsoredLeadMetadata\":{");
    sim_json_pair(out, "campaign", urn);
    sim_puts(out, "}}");
    linkedin_urn(urn, site, WORLD_AD, e->account.g, e->ad);
    sim_puts(out, ",\"associatedEntity\":{");
    sim_json_pair(out, "associatedCreative", urn);
    sim_putc(out, '}');
}

void linkedin_write_lead(sim_text *out, const sim_site *site, const world_entity *e, bool decorated)
{
    int64_t index, day, n;
    char id[48], urn[96], versioned[160], person[64];
    world_entity form;

    (void)world_lead_parts(e->index, &index, &day, &n);
    (void)world_entity_at(site, WORLD_FORM, e->account.g, index, &form);
    linkedin_lead_id(id, site, e);
    linkedin_urn(urn, site, WORLD_FORM, e->account.g, index);
    (void)snprintf(versioned, sizeof versioned, "urn:li:versionedLeadGenForm:(%s,%lld)", urn,
                   (long long)linkedin_lead_version(&form, e->created));
    (void)snprintf(person, sizeof person, "urn:li:person:L%lld", (long long)(e->h % 1000000007));
    sim_json_open(out, '{');
    lead_owner(out, site, e->account.g);
    sim_json_pair(out, "submitter", person);
    sim_json_pair(out, "leadType", "SPONSORED");
    if (e->ad >= 0) lead_where(out, site, e);
    sim_json_pair(out, "versionedLeadGenFormUrn", versioned);
    sim_json_pair(out, "id", id);
    sim_json_pair_int(out, "submittedAt", e->created * 1000 + 288);
    sim_json_pair_bool(out, "testLead", e->ad < 0);
    sim_puts(out, ",\"formResponse\":{\"consentResponses\":[{\"accepted\":true,\"consentId\":0}],\"answers\":[");
    for (size_t i = 0; i < SIM_COUNT(lead_questions); i++) lead_answer(out, site, &form, e, i);
    sim_puts(out, "]}");
    if (decorated) {
        sim_json_key(out, "form");
        lead_form(out, site, &form, linkedin_lead_version(&form, e->created));
    }
    sim_putc(out, '}');
}
