/* SPDX-License-Identifier: MIT */
/* ad_group, ad_group_ad, ad_group_criterion, keyword_view: sheet, 3.4 to 3.6. */
#include "google_fields.h"

static int64_t group_draw(const google_row *r, int which, int64_t below) { return world_draw(r->adset.h, which, below); }

static bool group_channel(const google_row *r, int64_t which) { return world_draw(r->campaign.h, 101, 8) == which; }

NAMED(campaign_rn, "customers/%lld/campaigns/%lld", row_cid(r), value_id(WORLD_CAMPAIGN, &r->campaign))
FIELD(group_id) { return value_int(value_id(WORLD_ADSET, &r->adset)); }
NAMED(group_rn, "customers/%lld/adGroups/%lld", row_cid(r), value_id(WORLD_ADSET, &r->adset))
FIELD(group_name) { return google_entity_name(r, &r->adset); }
FIELD(group_status) { return value_word(google_status(&r->adset)); }

static const char *group_word(const google_row *r, const world_entity *e)
{
    if (e->status >= WORLD_ARCHIVED) return "REMOVED";
    if (e->status == WORLD_PAUSED) return "PAUSED";
    if (e->effective >= WORLD_ARCHIVED || e->held) return "NOT_ELIGIBLE";
    (void)r;
    return e->review == WORLD_LIMITED ? "LIMITED" : "ELIGIBLE";
}

FIELD(group_primary) { return value_word(group_word(r, &r->adset)); }
FIELD(group_type)
{
    return value_word(group_channel(r, 3)   ? "DISPLAY_STANDARD"
                      : group_channel(r, 4) ? "VIDEO_RESPONSIVE"
                      : group_channel(r, 7) ? "SHOPPING_PRODUCT_ADS"
                                            : "SEARCH_STANDARD");
}
FIELD(group_cpc) { return value_int(google_micros(r, 10 + group_draw(r, 101, 400))); }
FIELD(group_cpm) { return value_int(google_micros(r, 1)); }
FIELD(group_cpv) { return group_channel(r, 4) ? value_int(google_micros(r, 3)) : value_none(); }
FIELD(group_target_cpa) { return value_int(group_draw(r, 102, 3) ? 0 : google_micros(r, 700)); } /* an explicit zero */
FIELD(group_target_roas) { return group_draw(r, 102, 3) == 1 ? value_number(3.5) : value_none(); }
FIELD(group_percent) { return group_draw(r, 103, 5) ? value_none() : value_int(250000); }

/* ---- ads */

static int64_t ad_draw(const google_row *r, int which, int64_t below) { return world_draw(r->ad.h, which, below); }

static bool ad_search(const google_row *r) { return world_draw(r->campaign.h, 101, 8) < 3; }

FIELD(ad_id) { return value_int(value_id(WORLD_AD, &r->ad)); }
NAMED(link_rn, "customers/%lld/adGroupAds/%lld~%lld", row_cid(r), value_id(WORLD_ADSET, &r->adset), value_id(WORLD_AD, &r->ad))
NAMED(ad_rn, "customers/%lld/ads/%lld", row_cid(r), value_id(WORLD_AD, &r->ad))
FIELD(ad_status) { return value_word(google_status(&r->ad)); }

FIELD(ad_primary)
{
    const char *word = group_word(r, &r->ad);

    return value_word(strcmp(word, "ELIGIBLE")            ? word
                      : r->ad.review == WORLD_DISAPPROVED ? "NOT_ELIGIBLE"
                      : r->ad.review == WORLD_PENDING     ? "PENDING"
                                                          : word);
}

FIELD(ad_type)
{
    return value_word(ad_search(r) ? "RESPONSIVE_SEARCH_AD" : group_channel(r, 4) ? "VIDEO_RESPONSIVE_AD" : "RESPONSIVE_DISPLAY_AD");
}
FIELD(ad_name) { return ad_search(r) ? value_none() : google_entity_name(r, &r->ad); } /* search ads have none */

FIELD(ad_urls)
{
    const char *url = google_text(r, "https://example.com/p/%lld?utm=ü&x=\"q\"", (long long)r->ad.index).s;

    return google_list(r, 's', NULL, &url, 1);
}

FIELD(ad_headlines)
{
    const char *texts[3] = { google_entity_name(r, &r->ad).s, "Été – jusqu'à -50 %", "Official / Shop" };

    return ad_search(r) ? google_list(r, 'o', "text", texts, 3) : value_none();
}

FIELD(ad_descriptions)
{
    static const char *const texts[] = { "Buy today.", "Ships \"tomorrow\"." };

    return ad_search(r) ? google_list(r, 'o', "text", texts, 2) : value_none();
}

FIELD(ad_path1) { return ad_search(r) && ad_draw(r, 101, 2) ? value_word("shop") : value_none(); }
FIELD(ad_path2) { return ad_search(r) && ad_draw(r, 101, 2) && ad_draw(r, 102, 2) ? value_word("new") : value_none(); }

FIELD(ad_approval)
{
    if (r->ad.review == WORLD_PENDING || r->ad.review == WORLD_IN_PROCESS) return value_none(); /* not yet known */
    return value_word(r->ad.review == WORLD_DISAPPROVED ? "DISAPPROVED" : r->ad.review == WORLD_LIMITED ? "APPROVED_LIMITED" : "APPROVED");
}

FIELD(ad_review)
{
    return value_word(r->ad.review == WORLD_PENDING || r->ad.review == WORLD_IN_PROCESS ? "REVIEW_IN_PROGRESS" : "REVIEWED");
}

FIELD(ad_topics)
{
    if (r->ad.review != WORLD_DISAPPROVED && r->ad.review != WORLD_LIMITED) return value_none();
    return (google_value){ .kind = 'j',
                           .s = r->ad.review == WORLD_LIMITED ? "[{\"topic\":\"ALCOHOL\",\"type\":\"LIMITED\"}]"
                                                              : "[{\"topic\":\"DESTINATION_NOT_WORKING\",\"type\":\"PROHIBITED\"}]" };
}

FIELD(ad_strength)
{
    static const char *const words[] = { "POOR", "AVERAGE", "GOOD", "EXCELLENT" };

    return ad_search(r) ? value_word(words[ad_draw(r, 103, 4)]) : value_none();
}

/* ---- keywords: three and a negative one; the same text has the same id in every ad group */

static bool keyword_negative(const google_row *r) { return r->criterion == 3; }

static uint64_t keyword_hash(const google_row *r) { return sim_hash(r->adset.h, 0x6e, (uint64_t)r->criterion, 0); }

static long long keyword_number(const google_row *r)
{
    return (long long)google_id(WORLD_JOB, 0, keyword_negative(r) ? 999 : world_draw(keyword_hash(r), 1, 300) * 3 + r->criterion);
}

FIELD(keyword_id) { return value_int(keyword_number(r)); }
NAMED(keyword_rn, "customers/%lld/adGroupCriteria/%lld~%lld", row_cid(r), value_id(WORLD_ADSET, &r->adset), keyword_number(r))
NAMED(view_rn, "customers/%lld/keywordViews/%lld~%lld", row_cid(r), value_id(WORLD_ADSET, &r->adset), keyword_number(r))

const char *google_criterion_name(const google_row *r) { return keyword_rn(r).s; }

FIELD(keyword_status)
{
    return value_word(keyword_negative(r) || world_draw(keyword_hash(r), 2, 6) ? "ENABLED"
                      : world_draw(keyword_hash(r), 2, 12)                     ? "PAUSED"
                                                                               : "REMOVED");
}
FIELD(keyword_type)
{
    (void)r;
    return value_word("KEYWORD");
}
NAMED(keyword_text, "%s %lld",
      keyword_negative(r) ? "gratuit"
      : r->criterion == 1 ? "kaufen schnell"
                          : "buy é",
      (long long)(keyword_number(r) % 1000))
FIELD(keyword_match) { return value_word(keyword_negative(r) || r->criterion == 0 ? "EXACT" : r->criterion == 1 ? "PHRASE" : "BROAD"); }
FIELD(keyword_minus) { return value_bool(keyword_negative(r)); }
FIELD(keyword_bid)
{
    return keyword_negative(r) || world_draw(keyword_hash(r), 3, 2) ? value_none()
                                                                    : value_int(google_micros(r, 5 + world_draw(keyword_hash(r), 4, 100)));
}
FIELD(keyword_effective) { return keyword_negative(r) ? value_none() : keyword_bid(r).kind ? keyword_bid(r) : group_cpc(r); }
FIELD(keyword_quality)
{
    return keyword_negative(r) || world_draw(keyword_hash(r), 5, 3) == 0 ? value_none()
                                                                         : value_small(1 + world_draw(keyword_hash(r), 6, 10));
}
FIELD(keyword_approval)
{
    return keyword_negative(r) ? value_none() : value_word(world_draw(keyword_hash(r), 7, 20) ? "APPROVED" : "DISAPPROVED");
}
FIELD(keyword_serving)
{
    return keyword_negative(r) ? value_none() : value_word(world_draw(keyword_hash(r), 8, 10) ? "ELIGIBLE" : "RARELY_SERVED");
}
FIELD(keyword_urls)
{
    const char *url = google_text(r, "https://example.com/k/%lld", (long long)r->criterion).s;

    return keyword_negative(r) || r->criterion != 1 ? value_none() : google_list(r, 's', NULL, &url, 1);
}

const google_field google_group_fields[] = {
    { "ad_group.resource_name", 's', group_rn, 0, 0 },
    { "ad_group.id", 'i', group_id, 0, 0 },
    { "ad_group.name", 's', group_name, 0, 0 },
    { "ad_group.campaign", 's', campaign_rn, 0, 0 },
    { "ad_group.status", 'e', group_status, 0, 0 },
    { "ad_group.primary_status", 'e', group_primary, 0, 0 },
    { "ad_group.type", 'e', group_type, 0, 0 },
    { "ad_group.cpc_bid_micros", 'i', group_cpc, 0, 0 },
    { "ad_group.cpm_bid_micros", 'i', group_cpm, 0, 0 },
    { "ad_group.cpv_bid_micros", 'i', group_cpv, 0, 0 },
    { "ad_group.target_cpa_micros", 'i', group_target_cpa, 0, 0 },
    { "ad_group.target_cpm_micros", 'i', group_cpm, 0, 0 },
    { "ad_group.target_cpv_micros", 'i', group_cpv, 25, 0 },
    { "ad_group.percent_cpc_bid_micros", 'i', group_percent, 0, 0 },
    { "ad_group.target_roas", 'd', group_target_roas, 0, 0 },
    { "ad_group.effective_target_cpa_micros", 'i', group_target_cpa, 0, 0 },
    { "ad_group_ad.resource_name", 's', link_rn, 0, 0 },
    { "ad_group_ad.ad_group", 's', group_rn, 0, 0 },
    { "ad_group_ad.status", 'e', ad_status, 0, 0 },
    { "ad_group_ad.primary_status", 'e', ad_primary, 0, 0 },
    { "ad_group_ad.ad_strength", 'e', ad_strength, 0, 0 },
    { "ad_group_ad.ad.resource_name", 's', ad_rn, 0, 0 },
    { "ad_group_ad.ad.id", 'i', ad_id, 0, 0 },
    { "ad_group_ad.ad.type", 'e', ad_type, 0, 0 },
    { "ad_group_ad.ad.name", 's', ad_name, 0, 0 },
    { "ad_group_ad.ad.final_urls", 'j', ad_urls, 0, 0 },
    { "ad_group_ad.ad.responsive_search_ad.headlines", 'j', ad_headlines, 0, 0 },
    { "ad_group_ad.ad.responsive_search_ad.descriptions", 'j', ad_descriptions, 0, 0 },
    { "ad_group_ad.ad.responsive_search_ad.path1", 's', ad_path1, 0, 0 },
    { "ad_group_ad.ad.responsive_search_ad.path2", 's', ad_path2, 0, 0 },
    { "ad_group_ad.policy_summary.approval_status", 'e', ad_approval, 0, 0 },
    { "ad_group_ad.policy_summary.review_status", 'e', ad_review, 0, 0 },
    { "ad_group_ad.policy_summary.policy_topic_entries", 'j', ad_topics, 0, 0 },
    { "ad_group_criterion.resource_name", 's', keyword_rn, 0, 0 },
    { "ad_group_criterion.criterion_id", 'i', keyword_id, 0, 0 },
    { "ad_group_criterion.ad_group", 's', group_rn, 0, 0 },
    { "ad_group_criterion.status", 'e', keyword_status, 0, 0 },
    { "ad_group_criterion.type", 'e', keyword_type, 0, 0 },
    { "ad_group_criterion.negative", 'b', keyword_minus, 0, 0 },
    { "ad_group_criterion.keyword.text", 's', keyword_text, 0, 0 },
    { "ad_group_criterion.keyword.match_type", 'e', keyword_match, 0, 0 },
    { "ad_group_criterion.cpc_bid_micros", 'i', keyword_bid, 0, 0 },
    { "ad_group_criterion.effective_cpc_bid_micros", 'i', keyword_effective, 0, 0 },
    { "ad_group_criterion.quality_info.quality_score", 'n', keyword_quality, 0, 0 },
    { "ad_group_criterion.approval_status", 'e', keyword_approval, 0, 0 },
    { "ad_group_criterion.system_serving_status", 'e', keyword_serving, 0, 0 },
    { "ad_group_criterion.final_urls", 'j', keyword_urls, 0, 0 },
    { "keyword_view.resource_name", 's', view_rn, 0, 0 },
    { NULL, 0, NULL, 0, 0 },
};
