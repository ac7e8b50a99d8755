# SPDX-License-Identifier: MIT
"""What adsim's truth says of each platform, in the terms of what is stored: kinds, levels, and what differs, as tables."""
import datetime, json
from decimal import ROUND_HALF_EVEN, Decimal

KINDS = {2: "campaigns", 3: "adsets", 4: "ads", 5: "creatives", 6: "audiences", 7: "keywords", 8: "forms", 9: "leads", 10: "posts"}
LEVELS = {1: "account", 2: "campaign", 3: "adset", 4: "ad", 7: "keyword"}
ENTITIES = {2: "campaign", 3: "adset", 4: "ad"}
family = {} # what the account at hand has, by id, as the truth has it; `relate` sets it
instant = [""] # the time of the truth, as ISO text; whoever moves the clock sets it


def micro(value):
    return int((Decimal(str(value)) * 1000000).to_integral_value(ROUND_HALF_EVEN))


def follow(row, path):
    """what stands at a path, as the store writes it: times in microseconds, structures as JSON with sorted keys, lists of words joined"""
    for way in path.split("|"):
        value = row
        for step in way.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            break
    if isinstance(value, str) and path.endswith(("_at", "_time")):
        return round(datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp() * 1000000)
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return ",".join(sorted(value)) or None
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) if isinstance(value, (dict, list)) else value


# ---- what differs: where a row of the truth has its id; its figures as spend, impressions, clicks, conversions, revenue; its switch


def google_tail(row):
    inner = next(row[key] for key in ("adGroupAd", "adGroupCriterion", "keywordView", "adGroup", "assetGroup", "userList", "asset", "campaign",
                                      "customer", "leadFormSubmissionData") if key in row)
    return inner["resourceName"].rsplit("/", 1)[1]


def google_figures(row):
    m = row["metrics"]
    return (row["segments"]["date"], int(m.get("costMicros", 0)), int(m.get("impressions", 0)), int(m.get("clicks", 0)),
            micro(m.get("conversions", 0)), micro(m.get("conversionsValue", 0)))


def google_switch(row):
    inner = next((row[key] for key in ("adGroupAd", "adGroup", "assetGroup", "campaign") if key in row), {})
    return {"ENABLED": "ACTIVE", "PAUSED": "PAUSED", "REMOVED": "DELETED"}.get(inner.get("status"))


def parents_off(row, off, *names):
    """whether a parent, or a parent of it, is switched off; names: of the members that hold their ids"""
    above = [family[row[name]] for name in names if row.get(name) in family]
    return any(off(parent) or parents_off(parent, off, *names) for parent in above)


def snapchat_rest(names):
    """what has no column of its own"""
    return lambda row: json.dumps({name: row[name] for name in sorted(names.split()) if name in row}, separators=(",", ":"), sort_keys=True,
                                  ensure_ascii=False).replace("{}", "") or None


def snapchat_status(row):
    words, off = row["delivery_status"], lambda parent: parent["status"] == "PAUSED" or parent.get("deleted", False)
    cases = (
        ("DELETED", row.get("deleted")), ("REJECTED", row.get("review_status") == "REJECTED"),
        ("ENDED", row.get("end_time", "9") <= instant[0]), ("PAUSED", row["status"] == "PAUSED"),
        ("PENDING", row.get("review_status") == "PENDING"), ("PARENT_OFF", parents_off(row, off, "ad_squad_id", "campaign_id")),
        ("SCHEDULED", row.get("start_time", "") > instant[0]),
        ("LIMITED", any(word.startswith(("INVALID_", "NOT_DELIVERING_")) for word in words)),
    )
    return next((status for status, so in cases if so), "ACTIVE")


# what a column holds, as a path in the truth's row; a word behind a stroke stands in where the one before is missing
SNAPCHAT_MADE = dict(name="name", created_at="created_at", updated_at="updated_at")
SNAPCHAT_COLUMNS = {
    2: dict(SNAPCHAT_MADE, objective="objective_v2_properties.objective_v2_type|objective", budget_daily="daily_budget_micro",
            spend_cap="lifetime_spend_cap_micro", start_at="start_time", end_at="end_time"),
    3: dict(SNAPCHAT_MADE, campaign_id="campaign_id", budget_daily="daily_budget_micro", budget_lifetime="lifetime_budget_micro", bid="bid_micro",
            bid_strategy="bid_strategy", billing_event="billing_event", optimization_goal="optimization_goal", start_at="start_time",
            end_at="end_time", targeting="targeting", attribution="conversion_window"),
    4: dict(SNAPCHAT_MADE, adset_id="ad_squad_id", creative_id="creative_id", review_reason="review_status_reasons",
            review=lambda row: row["review_status"].lower(), campaign_id=lambda row: family[row["ad_squad_id"]]["campaign_id"]),
    5: dict(SNAPCHAT_MADE, format="type", title="headline", landing_url="web_view_properties.url", cta="call_to_action",
            media="top_snap_media_id", owner="profile_properties.profile_id", lead_form_id="lead_generation_form_id",
            extra=snapchat_rest("packaging_status shareable brand_name render_type top_snap_crop_position ad_product composite_properties"
                                " preview_creative_id preview_properties"),
            status=lambda row: {"APPROVED": "ACTIVE", "PENDING_REVIEW": "PENDING"}.get(row["review_status"], row["review_status"])),
    6: dict(SNAPCHAT_MADE, size_low="approximate_number_users", size_high="approximate_number_users", target_id="id", extra=snapchat_rest("description"),
            seed_id="creation_spec.seed_segment_id", status="status",
            type=lambda row: dict(FIRST_PARTY="list", LOOKALIKE="lookalike", ENGAGEMENT="engagement").get(row["source_type"], "rule"),
            ready=lambda row: dict(READY="ready", TOO_FEW_USERS="small", NOT_READY="building")[row["targetable_status"]],
            retention_days=lambda row: row["retention_in_days"] if row["retention_in_days"] != 9999 else None),
    8: dict(SNAPCHAT_MADE, owner="ad_account_id", questions="form_fields",
            extra=snapchat_rest("title description privacy_policy_url legal_disclosures banner_media_id default_end_page")),
}
SNAPCHAT_FIGURES = ("spend", "impressions", "swipes", "conversion_purchases", "conversion_purchases_value")


def snapchat_figures(row):
    spend, impressions, swipes, sales, value = (row["stats"].get(name) for name in SNAPCHAT_FIGURES) # an account has its spend alone
    return row["start_time"][:10], spend, impressions, swipes, None if sales is None else sales * 1000000, value


def linkedin_tail(urn):
    return str(urn).rsplit(":", 1)[1]


def linkedin_id(row):
    if "pivotValues" in row: # figures: of a creative the URN is the id
        return row["pivotValues"][0] if ":sponsoredCreative:" in row["pivotValues"][0] else linkedin_tail(row["pivotValues"][0])
    return str(row["id"])


def linkedin_figures(row):
    day = row["dateRange"]["start"]
    return ("%d-%02d-%02d" % (day["year"], day["month"], day["day"]), micro(row["costInLocalCurrency"]), row["impressions"], row["clicks"],
            row["externalWebsiteConversions"] * 1000000, micro(row["conversionValueInLocalCurrency"]))


def linkedin_switch(row):
    gone = {"PENDING_DELETION": "DELETED", "REMOVED": "DELETED", "COMPLETED": None, "CANCELED": None, "CANCELLED": None}
    word = row.get("intendedStatus", row.get("status"))
    return gone.get(word, word)


def linkedin_status(row):
    """what is true now: the first that fits, of the object's own word, its review and what holds it back"""
    word = row.get("intendedStatus", row.get("status"))
    holds = row.get("servingStatuses", row.get("servingHoldReasons", []))
    review = follow(row, "review.status")
    parents = [hold for hold in holds if hold.startswith("CAMPAIGN_") and "intendedStatus" in row] or [
        hold for hold in holds if hold == "CAMPAIGN_GROUP_STATUS_HOLD" and "campaignGroup" in row]
    return next(status for status, fits in (
        ("DELETED", word in ("PENDING_DELETION", "REMOVED", "CANCELED", "CANCELLED")), ("ARCHIVED", word == "ARCHIVED"),
        ("DRAFT", word == "DRAFT"), ("REJECTED", review == "REJECTED"),
        ("ENDED", word == "COMPLETED" or any(hold.endswith("_END_DATE_HOLD") for hold in holds)), ("PAUSED", word == "PAUSED"),
        ("PENDING", review in ("PENDING", "NEEDS_REVIEW")), ("PARENT_OFF", parents),
        ("SCHEDULED", any(hold.endswith("_START_DATE_HOLD") for hold in holds)), ("LIMITED", set(holds) - {"RUNNABLE"}), ("ACTIVE", True)) if fits)


def linkedin_at(path, read):
    """a way to a column through a function of what stands at a path"""
    return lambda row: None if follow(row, path) is None else read(follow(row, path))


def linkedin_budget(name):
    return linkedin_at(name + ".amount", micro)


def linkedin_time(path):
    return linkedin_at(path, lambda ms: ms * 1000)


LINKEDIN_STAMPS = dict(created_at=linkedin_time("changeAuditStamps.created.time"), updated_at=linkedin_time("changeAuditStamps.lastModified.time"),
                       start_at=linkedin_time("runSchedule.start"), end_at=linkedin_time("runSchedule.end"), name="name", status=linkedin_status)
LINKEDIN_LEAD_FORM = dict(lead_form_id=linkedin_at("leadgenCallToAction.destination", linkedin_tail))
LINKEDIN_COLUMNS = {
    2: dict(LINKEDIN_STAMPS, objective="objectiveType", bid_strategy="budgetOptimization.bidStrategy", budget_daily=linkedin_budget("dailyBudget"),
            budget_lifetime=linkedin_budget("totalBudget")),
    3: dict(LINKEDIN_STAMPS, campaign_id=linkedin_at("campaignGroup", linkedin_tail), objective="objectiveType", billing_event="costType",
            optimization_goal="optimizationTargetType", targeting="targetingCriteria", budget_daily=linkedin_budget("dailyBudget"),
            budget_lifetime=linkedin_budget("totalBudget"), bid=linkedin_budget("unitCost")),
    4: dict(LINKEDIN_LEAD_FORM, name="name", status=linkedin_status, adset_id=linkedin_at("campaign", linkedin_tail), created_at=linkedin_time("createdAt"),
            updated_at=linkedin_time("lastModifiedAt"), review_reason="review.rejectionReasons",
            creative_id=lambda row: follow(row, "content.reference|id"), review=linkedin_at("review.status", lambda word: {
                "APPROVED": "approved", "REJECTED": "rejected"}.get(word, "pending"))),
    5: dict(post_id="id"),
    6: dict(name="name", target_id=lambda row: row["destinations"][0].get("destinationSegmentId")),
    8: dict(name="name", owner="owner.sponsoredAccount|owner.organization", questions="content.questions", created_at=linkedin_time("created"),
            updated_at=linkedin_time("lastModified")),
    9: dict(submitted_at=linkedin_time("submittedAt"), ad_id="associatedEntity.associatedCreative",
            adset_id=linkedin_at("leadMetadata.sponsoredLeadMetadata.campaign", linkedin_tail), is_test=lambda row: int(row["testLead"]),
            form_id=linkedin_at("versionedLeadGenFormUrn", lambda urn: linkedin_tail(urn).split(",")[0])),
    10: dict(owner="author", body="commentary", url="content.article.source", title="content.article.title", organic=lambda row: 0,
             published_at=linkedin_time("publishedAt"), created_at=linkedin_time("createdAt"), updated_at=linkedin_time("lastModifiedAt")),
}
LINKEDIN_SCOPES = "r_ads r_ads_reporting rw_dmp_segments r_marketing_leadgen_automation r_organization_social r_basicprofile"


def tiktok_id(row):
    if "dimensions" in row:
        return next(value for name, value in row["dimensions"].items() if name != "stat_time_day")
    if "keyword" in row: # one that is bid on has no id
        word = row["keyword"]
        return word.get("keyword_id") or f"{row['adgroup_id']}~{word['match_type']}~{word['keyword']}"
    return next(str(row[key]) for key in ("lead_id", "smart_plus_ad_id", "ad_id", "adgroup_id", "campaign_id", "audience_id", "page_id") if key in row)


def tiktok_figures(row):
    number = lambda name: 0 if row["metrics"][name] in (None, "-") else row["metrics"][name] # text, a number, "-" or null
    return (row["dimensions"]["stat_time_day"][:10], micro(number("spend")), int(number("impressions")), int(number("clicks")),
            micro(number("conversion")), micro(number("total_complete_payment_rate")))


def tiktok_time(name):
    return lambda row: row.get(name) and round(datetime.datetime.fromisoformat(row[name] + "+00:00").timestamp() * 1000000)


def tiktok_budget(*modes):
    return lambda row: micro(row["budget"]) or None if row.get("budget_mode") in modes else None


def tiktok_targeting(row):
    names = ("placement_type placements location_ids age_groups gender languages interest_category_ids operating_systems audience_ids"
             " excluded_audience_ids").split()
    return json.dumps({name: row[name] for name in sorted(names) if row[name] is not None}, separators=(",", ":"))


TIKTOK_BUDGETS = dict(budget_daily=tiktok_budget("BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"), budget_lifetime=tiktok_budget("BUDGET_MODE_TOTAL"))
TIKTOK_MADE = dict(created_at=tiktok_time("create_time"), updated_at=tiktok_time("modify_time"), account_id="advertiser_id")
TIKTOK_REVIEWS = dict(DELIVERY_OK="approved", AUDIT="pending", REAUDIT="pending", AUDIT_DENY="rejected")
TIKTOK_COLUMNS = {
    2: dict(TIKTOK_MADE, **TIKTOK_BUDGETS, name="campaign_name", objective="objective_type", platform_status="secondary_status"),
    3: dict(TIKTOK_MADE, **TIKTOK_BUDGETS, name="adgroup_name", campaign_id="campaign_id", bid_strategy="bid_type", billing_event="billing_event",
            bid=lambda row: micro(row["bid_price"] + row["conversion_bid_price"]) or None, optimization_goal="optimization_goal",
            start_at=tiktok_time("schedule_start_time"), end_at=tiktok_time("schedule_end_time"), targeting=tiktok_targeting,
            attribution=lambda row: ",".join(f"{name}={row[name + '_attribution_window']}" for name in ("click", "view")) + ",engaged="
            + row["engaged_view_attribution_window"]),
    4: dict(TIKTOK_MADE, name="ad_name", campaign_id="campaign_id", adset_id="adgroup_id", creative_id="ad_id",
            review=lambda row: TIKTOK_REVIEWS.get(row["secondary_status"].removeprefix("AD_STATUS_"))),
    5: dict(TIKTOK_MADE, name="ad_name", format="ad_format", body="ad_text", landing_url="landing_page_url", cta="call_to_action",
            post_id="tiktok_item_id", owner=lambda row: row["identity_type"] + ":" + row["identity_id"],
            media=lambda row: ",".join(filter(None, [row["video_id"], *row["image_ids"]])) or None,
            lead_form_id=lambda row: row["page_id"] and str(row["page_id"])),
    6: dict(created_at=tiktok_time("create_time"), name="name", size_low="cover_num", size_high="cover_num", target_id="audience_id",
            type=lambda row: {"C": "list", "L": "lookalike", "W": "rule", "E": "engagement"}[row["audience_type"][0]]),
    7: {"text": lambda row: row["keyword"].get("name") or row["keyword"]["keyword"], "negative": "negative", "adset_id": "adgroup_id",
        '"match"': lambda row: dict(PRECISE="exact", PHRASE="phrase", BROAD="broad")[row["keyword"]["match_type"].removesuffix("_WORD")],
        "bid": lambda row: micro(row["keyword"].get("keyword_bid", 0)) or None},
    8: dict(name="title", created_at=tiktok_time("create_time"), updated_at=tiktok_time("update_time"), published_at=tiktok_time("publish_time")),
    9: dict(form_id="page_id", campaign_id="campaign_id", adset_id="adgroup_id", ad_id="ad_id"),
}


def x_figures(row):
    m = {name: value[0] for name, value in row["metrics"].items() if isinstance(value, list)}
    sale = {name: value[0] for name, value in (row["metrics"].get("conversion_purchases") or {}).items() if value}
    return (row["day"], m.get("billed_charge_local_micro", 0), m.get("impressions", 0), m.get("clicks", 0),
            micro(sale.get("metric", 0)), sale.get("sale_amount", 0))


def x_wants(row):
    """of criteria the keywords, which are rows; the others are in the targeting of their line items"""
    return row.get("targeting_type", "_KEYWORD").endswith("_KEYWORD")


def x_status(row):
    reasons, off = row.get("reasons_not_servable", []), lambda parent: parent["deleted"] or parent["entity_status"] != "ACTIVE"
    cases = (
        ("DELETED", row["deleted"]), ("DRAFT", row["entity_status"] == "DRAFT"),
        ("REJECTED", row.get("approval_status") == "REJECTED"),
        ("ENDED", "EXPIRED" in reasons and "FUNDING_PROBLEM" not in reasons or (row.get("end_time") or "9") <= instant[0]),
        ("PAUSED", row["entity_status"] == "PAUSED"), ("PENDING", row.get("approval_status") == "UNDER_REVIEW"),
        ("PARENT_OFF", parents_off(row, off, "line_item_id", "campaign_id")),
        ("SCHEDULED", row.get("start_time", "") > instant[0]), ("LIMITED", row.get("servable") is False),
    )
    return next((status for status, so in cases if so), "ACTIVE")


def x_targeting(row):
    """the criteria of a line item that are not deleted, in the order of types and values"""
    names = ("targeting_type", "targeting_value", "operator_type", "name")
    criteria = [dict({"operator_type": "EQ"}, **{name: one[name] for name in names if name in one}) for one in family["criteria"]
                if one["line_item_id"] == row["id"] and not one["deleted"]]
    return json.dumps(sorted(criteria, key=lambda one: [one[name].encode() for name in names]), sort_keys=True, separators=(",", ":"),
                      ensure_ascii=False)


def x_parts(row):
    """of a card, be they slides or not"""
    return row["components"] if "components" in row else [part for slide in row.get("slides", []) for part in slide]


def x_media(row):
    return row.get("card_uri") if "tweet_id" in row else ",".join(
        key for part in x_parts(row) for key in [*filter(None, [part.get("media_key")]), *part.get("media_keys", [])])


def x_link(row):
    links = [url["expanded_url"] for url in row.get("entities", {}).get("urls", [])]
    return next(iter(links + [part["destination"]["url"] for part in x_parts(row) if "url" in part.get("destination", {})]), None)


def x_word(name, otherwise, **words):
    return lambda row: words.get(row.get(name), otherwise)


X_MADE = dict(name="name", created_at="created_at", updated_at="updated_at")
X_MONEY = dict(X_MADE, currency="currency", budget_daily="daily_budget_amount_local_micro", budget_lifetime="total_budget_amount_local_micro")
X_COLUMNS = {
    2: X_MONEY,
    3: dict(X_MONEY, campaign_id="campaign_id", objective="objective", bid_strategy="bid_strategy", bid="bid_amount_local_micro",
            billing_event="pay_by", optimization_goal="goal", start_at="start_time", end_at="end_time", targeting=x_targeting),
    # an account that is promoted shows no creative, a video before others' videos is its own
    4: dict(adset_id="line_item_id", creative_id=lambda row: row["id"] if "account_media_id" in row else row.get("tweet_id"), post_id="tweet_id",
            created_at="created_at", updated_at="updated_at", campaign_id=lambda row: family[row["line_item_id"]]["campaign_id"],
            platform_kind=lambda row: "promoted_account" if "user_id" in row else "promoted_tweet" if "tweet_id" in row else "media_creative",
            review=x_word("approval_status", "rejected", ACCEPTED="approved", UNDER_REVIEW="pending")),
    5: dict(name="name", format="tweet_type|card_type", body="full_text", media=x_media, landing_url=x_link, post_id="tweet_id",
            owner="user.id_str", title=lambda row: next((part["title"] for part in x_parts(row) if "title" in part), None),
            cta=lambda row: next((part["label"]["value"] for part in x_parts(row) if "label" in part), None)),
    6: dict(X_MADE, owner="owner_account_id", size_low="audience_size", size_high="audience_size", target_id="id",
            type=x_word("audience_type", "other", CRM="list", WEB="rule", MOBILE="rule"),
            ready=lambda row: "ready" if row["targetable"] else "building" if "PROCESSING" in row["reasons_not_targetable"] else "small"),
    7: dict(X_MADE, adset_id="line_item_id", text="targeting_value", negative=x_word("operator_type", 0, NE=1), **{
        '"match"': x_word("targeting_type", "other", BROAD_KEYWORD="broad", PHRASE_KEYWORD="phrase", EXACT_KEYWORD="exact")}),
    10: dict(name="name", body="full_text", url=x_link, owner="user.id_str", organic=lambda row: int(not row["nullcast"])),
}

def meta_id(row):
    if "date_start" in row:
        return next(row[key] for key in ("ad_id", "adset_id", "campaign_id", "account_id") if key in row)
    return row["id"]


def meta_figures(row):
    return row["date_start"], micro(row["spend"]), int(row["impressions"]), int(row.get("clicks", 0))


PLATFORMS = {
    # which actions are a sale each account names for itself: the story of Meta is told by story.py
    "meta": dict(api="graph.facebook.com", id=meta_id, figures=meta_figures, switch=lambda row: row["status"], levels=(1, 2, 3, 4),
                 kinds=(2, 3, 4, 5, 6), more={}, environment={}), # forms and leads are those of pages
    "google": dict(
        api="googleads.googleapis.com", id=google_tail, figures=google_figures, switch=google_switch,
        levels=(1, 2, 3, 4, 7), kinds=(2, 3, 4, 5, 6, 7, 8, 9),
        # the body of each ad is a creative as well
        more={5: lambda truth: [row["adGroupAd"]["ad"]["id"] for row in truth("ads")]},
        lookback=60, # the longest of adsim's conversion actions
        spelled=lambda account: f"{account[:3]}-{account[3:6]}-{account[6:]}",
        environment={"DEVELOPER_TOKEN": "ABcdeFGH93KL-NOPQ_STUv"},
    ),
    "snapchat": dict(
        api="adsapi.snapchat.com", id=lambda row: row["id"], figures=snapchat_figures, switch=lambda row: row["status"],
        levels=(1, 2, 3, 4), kinds=(2, 3, 4, 5, 6, 8), more={}, environment={}, columns=SNAPCHAT_COLUMNS,
        seen={kind: dict(status=snapchat_status) for kind in (2, 3, 4)}, summary=True, # of the account itself there is its spend alone
        world=["--snapchat-page-rows", "16"], # lists come in pages
    ),
    "linkedin": dict(
        api="api.linkedin.com", id=linkedin_id, figures=linkedin_figures, switch=linkedin_switch, levels=(1, 2, 3, 4),
        kinds=(2, 3, 4, 5, 6, 8, 9, 10), environment={"SCOPES": LINKEDIN_SCOPES}, columns=LINKEDIN_COLUMNS, world=["--linkedin-page-rows", "16", "--linkedin-page-forms", "1"],
        # what shows no post is its own creative
        more={5: lambda truth: [row["id"] for row in truth("ads") if "reference" not in row["content"]]},
        later_days=30, # of reports the library asks for five in ten seconds
        spelled="urn:li:sponsoredAccount:{}".format,
        # the scopes that every app has, and what they do not cover
        lean=("r_ads r_ads_reporting", ("audience", "lead_form", "lead", "post"), ("/dmpSegments", "/leadForm", "/posts")),
    ),
    "tiktok": dict(
        api="business-api.tiktok.com", id=tiktok_id, figures=tiktok_figures, columns=TIKTOK_COLUMNS, accounts=1,
        switch=lambda row: {"ENABLE": "ACTIVE", "DISABLE": "PAUSED", "DELETE": "DELETED"}[row["operation_status"]],
        levels=(1, 2, 3, 4), kinds=(2, 3, 4, 5, 6, 7, 8, 9), more={}, environment={"LEAD_REGION": "both"},
        # one account with a campaign of each family; a form's file is there at once, or it would be looked for after five seconds
        world=["--accounts", "1", "--campaigns", "10", "--adsets", "2", "--run-polls", "0", "--seed", "27"],
        shown=("keywords",), # those of deleted groups are gone
        unseen=("review",), # what its parents or reviewers do to an ad does not change it: only a full sync sees that
    ),
    # of the account itself no amounts are given: they are those of its line items. 90 days come by jobs, each of which is waited for, a week
    # at once: the second account's, in which lies the day from which on its time zone was another
    "x": dict(
        api="ads-api.x.com", id=lambda row: row.get("tweet_id", row["id"]) if "tweet_type" in row else row["id"], figures=x_figures,
        switch=lambda row: row["entity_status"], wants=x_wants, levels=(1, 2, 3, 4), level_of={1: "adset"}, kinds=(2, 3, 4, 5, 6, 7, 10),
        columns=X_COLUMNS, environment={}, second_days=7, later_days=30, world=["--run-polls", "0", "--seed", "16"],
        seen={2: dict(status=x_status), 3: dict(status=x_status), # an ad has the words of its post for a name
              4: dict(status=x_status, name=lambda row: family.get(row.get("tweet_id"), {}).get("full_text", "")[:80] or None)},
        more={5: lambda truth: [row["tweet_id"] for row in truth("posts")] + [row["id"] for row in truth("ads") if "account_media_id" in row],
              10: lambda truth: [row["tweet_id"] for row in truth("creatives") if row.get("tweet_type") == "PUBLISHED"]},
    ),
}


def wanted(platform, kind, lines):
    """of the truth's lines those that a sync is to hold"""
    wants, shown = platform.get("wants", bool), kind in platform.get("shown", ())
    return [line for line in lines if wants(line["row"]) and (not shown or line["shown"] == "always")]


def relate(platform, truth):
    """what belongs to what, for the account of this truth; whole: also the rows that are not to be held as such"""
    family.clear()
    if "seen" in platform:
        family.update({platform["id"](row): row for kind in ("campaigns", "adsets", "creatives", "posts") for row in truth(kind)})
        family["criteria"] = truth("keywords", whole=True)


def ids(platform, kind, rows, truth):
    """sorted; truth gives the rows of another kind"""
    return sorted([platform["id"](row) for row in rows] + platform["more"].get(kind, lambda _: [])(truth))


def level_word(platform, level):
    """where the figures of a level are told: an account's may be those of its parts"""
    return platform.get("level_of", {}).get(level, LEVELS[level])


def figures(platform, level, account, rows):
    """(id, day, spend, impressions, clicks, conversions, revenue), without days of nothing; a row for each part is added up"""
    whole, want = level in platform.get("level_of", {}), {}
    for row in rows:
        day, *numbers = platform["figures"](row)
        key = account if whole else platform["id"](row), int(day.replace("-", ""))
        want[key] = [a + b for a, b in zip(want[key], numbers)] if key in want else numbers
    return sorted(((*key, *numbers) for key, numbers in want.items() if any(numbers)), key=lambda row: row[:2])
