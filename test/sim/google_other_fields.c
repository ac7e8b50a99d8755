/* SPDX-License-Identifier: MIT */
/* user_list, asset, campaign_asset, lead_form_submission_data, change_status, change_event: sheet, 3.7 to 3.9 and 3.0.2. */
#include "google_fields.h"

static int64_t item_draw(const google_row *r, int which, int64_t below) { return world_draw(r->item.h, which, below); }

FIELD(item_name) { return google_entity_name(r, &r->item); }

/* ---- audiences */

static bool list_crm(const google_row *r) { return item_draw(r, 101, 4) == 0; }

static bool list_lookalike(const google_row *r) { return item_draw(r, 101, 4) == 3; }

FIELD(list_id) { return value_int(value_id(WORLD_AUDIENCE, &r->item)); }
NAMED(list_rn, "customers/%lld/userLists/%lld", row_cid(r), value_id(WORLD_AUDIENCE, &r->item))
FIELD(list_type)
{
    static const char *const words[] = { "CRM_BASED", "REMARKETING", "RULE_BASED", "LOOKALIKE" };

    return value_word(words[item_draw(r, 101, 4)]);
}
NAMED(list_description, "%s", item_draw(r, 102, 2) ? "Everybody who came \"twice\"" : "")
FIELD(list_membership) { return value_word(item_draw(r, 103, 5) ? "OPEN" : "CLOSED"); }
FIELD(list_life) { return value_int(item_draw(r, 104, 541)); }
FIELD(list_search) { return item_draw(r, 105, 6) ? value_int(100 * item_draw(r, 106, 90000)) : value_none(); }
FIELD(list_display) { return value_int(100 * item_draw(r, 107, 900000)); }
FIELD(list_match) { return list_crm(r) ? value_small(20 + item_draw(r, 108, 70)) : value_none(); }
FIELD(list_eligible) { return value_bool(item_draw(r, 105, 6) > 0); }
FIELD(list_upload) { return list_crm(r) ? value_word("CONTACT_INFO") : value_none(); }
FIELD(list_level) { return list_lookalike(r) ? value_word("BALANCED") : value_none(); }
FIELD(list_seeds)
{
    const char *seed = google_text(r, "%lld", (long long)google_id(WORLD_AUDIENCE, r->owner.account.g, 0)).s;

    return list_lookalike(r) ? google_list(r, 's', NULL, &seed, 1) : value_none();
}

/* ---- assets: texts, pictures, videos, and lead forms */

static bool asset_form(const google_row *r) { return r->item.kind == WORLD_FORM; }

static int64_t asset_kind(const google_row *r) { return asset_form(r) ? 3 : item_draw(r, 101, 3); }

static long long asset_number(const google_row *r) { return value_id(r->item.kind, &r->item); }

FIELD(asset_id) { return value_int(asset_number(r)); }
NAMED(asset_rn, "customers/%lld/assets/%lld", row_cid(r), asset_number(r))
FIELD(asset_type)
{
    static const char *const words[] = { "TEXT", "IMAGE", "YOUTUBE_VIDEO", "LEAD_FORM" };

    return value_word(words[asset_kind(r)]);
}
FIELD(asset_name) { return asset_kind(r) ? item_name(r) : value_none(); }
FIELD(asset_text) { return asset_kind(r) == 0 ? google_text(r, "Line %lld / \"é\"", (long long)r->item.index) : value_none(); }
FIELD(asset_image)
{
    return asset_kind(r) == 1 ? google_text(r, "https://tpc.googlesyndication.com/simgad/%lld", asset_number(r)) : value_none();
}
FIELD(asset_video) { return asset_kind(r) == 2 ? google_text(r, "vid%08lld", (long long)r->item.index) : value_none(); }
FIELD(asset_urls)
{
    static const char *const urls[] = { "https://example.com/lead" };

    return asset_form(r) ? google_list(r, 's', NULL, urls, 1) : value_none();
}

#define OF_FORM(name, text)                                                                                                                \
    FIELD(name) { return asset_form(r) ? value_word(text) : value_none(); }
OF_FORM(form_business, "Example & Söhne")
OF_FORM(form_call, "SIGN_UP")
OF_FORM(form_call_text, "Sign up now")
OF_FORM(form_description, "We call you back.")
OF_FORM(form_policy, "https://example.com/privacy")
OF_FORM(form_intent, "HIGH_INTENT")
FIELD(form_headline) { return asset_form(r) ? item_name(r) : value_none(); }
FIELD(form_fields)
{
    return asset_form(r) ? (google_value){ .kind = 'j',
                                           .s = "[{\"inputType\":\"FULL_NAME\"},{\"inputType\":\"EMAIL\"},{\"inputType\":\"PHONE_NUMBER\"},"
                                                "{\"inputType\":\"COUNTRY\",\"singleChoiceAnswers\":{\"answers\":[\"DE\",\"FR\"]}}]" }
                         : value_none();
}
FIELD(form_questions)
{
    return asset_form(r) && r->item.index % 2 ? (google_value){ .kind = 'j', .s = "[{\"customQuestionText\":\"Wie groß?\"}]" }
                                              : value_none();
}

NAMED(link_rn, "customers/%lld/campaignAssets/%lld~%lld~LEAD_FORM", row_cid(r), value_id(WORLD_CAMPAIGN, &r->campaign), asset_number(r))
NAMED(link_campaign, "customers/%lld/campaigns/%lld", row_cid(r), value_id(WORLD_CAMPAIGN, &r->campaign))
FIELD(link_type)
{
    (void)r;
    return value_word("LEAD_FORM");
}
FIELD(link_status) { return value_word(r->campaign.index % 4 == 3 ? "REMOVED" : "ENABLED"); }

/* ---- submissions */

static bool lead_ad(const google_row *r) { return r->item.ad >= 0; }

static int64_t lead_form_index(const google_row *r)
{
    int64_t form = 0, day, n;

    (void)world_lead_parts(r->item.index, &form, &day, &n);
    return form;
}

NAMED(lead_id, "CjwKEAiA%016llx", (unsigned long long)sim_hash(r->item.h, 1, 0, 0))
NAMED(lead_rn, "customers/%lld/leadFormSubmissionData/%s", row_cid(r), lead_id(r).s)
NAMED(lead_asset, "customers/%lld/assets/%lld", row_cid(r), (long long)google_id(WORLD_FORM, r->owner.account.g, lead_form_index(r)))
FIELD(lead_campaign) { return lead_ad(r) ? link_campaign(r) : value_none(); }
FIELD(lead_group)
{
    return lead_ad(r) ? google_text(r, "customers/%lld/adGroups/%lld", row_cid(r), value_id(WORLD_ADSET, &r->adset)) : value_none();
}
FIELD(lead_link)
{
    return lead_ad(r) ? google_text(r, "customers/%lld/adGroupAds/%lld~%lld", row_cid(r), value_id(WORLD_ADSET, &r->adset),
                                    value_id(WORLD_AD, &r->ad))
                      : value_none();
}
NAMED(lead_gclid, "Cj0KCQ%016llx", (unsigned long long)sim_hash(r->item.h, 2, 0, 0))
FIELD(lead_time) { return google_time(r, r->item.created, 'z'); }

FIELD(lead_answers)
{
    google_value list =
        google_text(r,
                    "[{\"fieldType\":\"FULL_NAME\",\"fieldValue\":\"Zoë Person %lld\"},{\"fieldType\":\"EMAIL\",\"fieldValue\":"
                    "\"p%lld@example.com\"},{\"fieldType\":\"PHONE_NUMBER\",\"fieldValue\":\"+49170%07lld\"}]",
                    (long long)item_draw(r, 3, 10000), (long long)item_draw(r, 3, 10000), (long long)item_draw(r, 4, 10000000));

    list.kind = 'j';
    return list;
}

FIELD(lead_custom)
{
    return lead_form_index(r) % 2 ? (google_value){ .kind = 'j', .s = "[{\"questionText\":\"Wie groß?\",\"fieldValue\":\"XL\"}]" }
                                  : value_none();
}

/* ---- the change log */

FIELD(change_rn_time) { return google_time(r, r->item.updated, 'l'); }
NAMED(change_rn, "customers/%lld/changeStatus/%lld-%s-%lld", row_cid(r), (long long)r->item.updated, r->change_type, (long long)r->position)
NAMED(event_rn, "customers/%lld/changeEvents/%lld~%lld~0", row_cid(r), (long long)r->item.updated, (long long)r->position)
FIELD(change_kind) { return value_word(r->change_type); }
FIELD(change_status) { return value_word(r->item.status >= WORLD_ARCHIVED ? "REMOVED" : r->item.version > 0 ? "CHANGED" : "ADDED"); }
FIELD(change_operation) { return value_word(r->item.status >= WORLD_ARCHIVED ? "REMOVE" : r->item.version > 0 ? "UPDATE" : "CREATE"); }
FIELD(change_resource) { return value_word(r->change_name); }

static google_value change_of(const google_row *r, const char *type)
{
    return strcmp(r->change_type, type) ? value_none() : value_word(r->change_name);
}

FIELD(change_campaign) { return strcmp(r->change_type, "CAMPAIGN_BUDGET") ? link_campaign(r) : value_none(); }
FIELD(change_budget) { return change_of(r, "CAMPAIGN_BUDGET"); }
FIELD(change_ad) { return change_of(r, "AD_GROUP_AD"); }
FIELD(change_keyword) { return change_of(r, "AD_GROUP_CRITERION"); }
FIELD(change_asset_group) { return change_of(r, "ASSET_GROUP"); }
FIELD(change_asset) { return change_of(r, "ASSET"); }
FIELD(change_group)
{
    return strncmp(r->change_type, "AD_GROUP", 8)
               ? value_none()
               : google_text(r, "customers/%lld/adGroups/%lld", row_cid(r), value_id(WORLD_ADSET, &r->adset));
}
FIELD(change_client) { return value_word(r->item.index % 2 ? "GOOGLE_ADS_WEB_CLIENT" : "GOOGLE_ADS_API"); }
FIELD(change_user) { return google_text(r, "person%lld@example.com", (long long)r->owner.user); }
FIELD(change_fields) { return value_word(r->item.version > 0 ? "name,status" : ""); }

const google_field google_other_fields[] = {
    { "user_list.resource_name", 's', list_rn, 0, 0 },
    { "user_list.id", 'i', list_id, 0, 0 },
    { "user_list.name", 's', item_name, 0, 0 },
    { "user_list.description", 's', list_description, 0, 0 },
    { "user_list.type", 'e', list_type, 0, 0 },
    { "user_list.membership_status", 'e', list_membership, 0, 0 },
    { "user_list.membership_life_span", 'i', list_life, 0, 0 },
    { "user_list.size_for_search", 'i', list_search, 0, 0 },
    { "user_list.size_for_display", 'i', list_display, 0, 0 },
    { "user_list.match_rate_percentage", 'n', list_match, 0, 0 },
    { "user_list.eligible_for_search", 'b', list_eligible, 0, 0 },
    { "user_list.crm_based_user_list.upload_key_type", 'e', list_upload, 0, 0 },
    { "user_list.lookalike_user_list.expansion_level", 'e', list_level, 0, 0 },
    { "user_list.lookalike_user_list.seed_user_list_ids", 'j', list_seeds, 0, 0 },
    { "asset.resource_name", 's', asset_rn, 0, 0 },
    { "asset.id", 'i', asset_id, 0, 0 },
    { "asset.name", 's', asset_name, 0, 0 },
    { "asset.type", 'e', asset_type, 0, 0 },
    { "asset.final_urls", 'j', asset_urls, 0, 0 },
    { "asset.text_asset.text", 's', asset_text, 0, 0 },
    { "asset.image_asset.full_size.url", 's', asset_image, 0, 0 },
    { "asset.youtube_video_asset.youtube_video_id", 's', asset_video, 0, 0 },
    { "asset.lead_form_asset.business_name", 's', form_business, 0, 0 },
    { "asset.lead_form_asset.call_to_action_type", 'e', form_call, 0, 0 },
    { "asset.lead_form_asset.call_to_action_description", 's', form_call_text, 0, 0 },
    { "asset.lead_form_asset.headline", 's', form_headline, 0, 0 },
    { "asset.lead_form_asset.description", 's', form_description, 0, 0 },
    { "asset.lead_form_asset.privacy_policy_url", 's', form_policy, 0, 0 },
    { "asset.lead_form_asset.desired_intent", 'e', form_intent, 0, 0 },
    { "asset.lead_form_asset.fields", 'j', form_fields, 0, 0 },
    { "asset.lead_form_asset.custom_question_fields", 'j', form_questions, 0, 0 },
    { "campaign_asset.resource_name", 's', link_rn, 0, 0 },
    { "campaign_asset.campaign", 's', link_campaign, 0, 0 },
    { "campaign_asset.asset", 's', asset_rn, 0, 0 },
    { "campaign_asset.field_type", 'e', link_type, 0, 0 },
    { "campaign_asset.status", 'e', link_status, 0, 0 },
    { "lead_form_submission_data.resource_name", 's', lead_rn, 0, 0 },
    { "lead_form_submission_data.id", 's', lead_id, 0, 0 },
    { "lead_form_submission_data.asset", 's', lead_asset, 0, 0 },
    { "lead_form_submission_data.campaign", 's', lead_campaign, 0, 0 },
    { "lead_form_submission_data.ad_group", 's', lead_group, 0, 0 },
    { "lead_form_submission_data.ad_group_ad", 's', lead_link, 0, 0 },
    { "lead_form_submission_data.gclid", 's', lead_gclid, 0, 0 },
    { "lead_form_submission_data.submission_date_time", 't', lead_time, 0, 0 },
    { "lead_form_submission_data.lead_form_submission_fields", 'j', lead_answers, 0, 0 },
    { "lead_form_submission_data.custom_lead_form_submission_fields", 'j', lead_custom, 0, 0 },
    { "change_status.resource_name", 's', change_rn, 0, 0 },
    { "change_status.last_change_date_time", 't', change_rn_time, 0, 0 },
    { "change_status.resource_type", 'e', change_kind, 0, 0 },
    { "change_status.resource_status", 'e', change_status, 0, 0 },
    { "change_status.campaign", 's', change_campaign, 0, 0 },
    { "change_status.campaign_budget", 's', change_budget, 0, 0 },
    { "change_status.ad_group", 's', change_group, 0, 0 },
    { "change_status.ad_group_ad", 's', change_ad, 0, 0 },
    { "change_status.ad_group_criterion", 's', change_keyword, 0, 0 },
    { "change_status.asset_group", 's', change_asset_group, 0, 0 },
    { "change_status.asset", 's', change_asset, 0, 0 },
    { "change_event.resource_name", 's', event_rn, 0, 0 },
    { "change_event.change_date_time", 't', change_rn_time, 0, 0 },
    { "change_event.change_resource_type", 'e', change_kind, 0, 0 },
    { "change_event.change_resource_name", 's', change_resource, 0, 0 },
    { "change_event.resource_change_operation", 'e', change_operation, 0, 0 },
    { "change_event.changed_fields", 's', change_fields, 0, 0 },
    { "change_event.client_type", 'e', change_client, 0, 0 },
    { "change_event.user_email", 's', change_user, 0, 0 },
    { "change_event.campaign", 's', change_campaign, 0, 0 },
    { "change_event.ad_group", 's', change_group, 0, 0 },
    { NULL, 0, NULL, 0, 0 },
};
