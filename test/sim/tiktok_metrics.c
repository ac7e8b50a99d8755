/* SPDX-License-Identifier: MIT */
/*
 * Metrics. A figure is text ("14.68", a percentage "1.14"), now and then a bare number; none is "0", "-" or null. Money has the
 * account's decimals, sometimes three; asked for several advertisers it has none.
 */
#include "tiktok.h"

/* n whole number, m money in minor units, M money that is a quotient, p percent, d quotient, t text, z a literal */
struct tiktok_metric {
    const char *name;
    char kind, levels; /* levels: * all, a the advertiser's, c, g, d from campaign, ad group, ad on down; G of GMV Max */
    double (*number)(const tiktok_sums *s);
    void (*text)(sim_text *out, const tiktok_report *r, const tiktok_row *row);
    const char *literal, *title;
};

#define NUMBER(name, value)                                                                                                                \
    static double name(const tiktok_sums *s) { return (double)(value); }
#define OF(a, b) ((b) != 0 ? (double)(a) / (double)(b) : 0)
#define SHOTS(x) ((x) / 100)

NUMBER(m_spend, s->n.spend)
NUMBER(m_cash, s->n.spend - s->n.spend / 10)
NUMBER(m_voucher, s->n.spend / 10)
NUMBER(m_impressions, s->n.impressions)
NUMBER(m_clicks, s->n.clicks)
NUMBER(m_ctr, OF(s->n.clicks * 100, s->n.impressions))
NUMBER(m_cpc, OF(s->n.spend, s->n.clicks))
NUMBER(m_cpm, OF(s->n.spend * 1000, s->n.impressions))
NUMBER(m_reach, s->n.reach)
NUMBER(m_frequency, OF(s->n.impressions, s->n.reach))
NUMBER(m_thousand, OF(s->n.spend * 1000, s->n.reach))
NUMBER(m_conversion, SHOTS(s->clicked + s->viewed + s->engaged))
NUMBER(m_cta, SHOTS(s->clicked))
NUMBER(m_vta, SHOTS(s->viewed))
NUMBER(m_evta, SHOTS(s->engaged))
NUMBER(m_cost_conversion, OF(s->n.spend, SHOTS(s->clicked + s->viewed + s->engaged)))
NUMBER(m_rate_click, OF(SHOTS(s->clicked + s->viewed + s->engaged) * 100, s->n.clicks))
NUMBER(m_rate_impression, OF(SHOTS(s->clicked + s->viewed + s->engaged) * 100, s->n.impressions))
NUMBER(m_arrived, SHOTS(s->arrived))
NUMBER(m_cost_arrived, OF(s->n.spend, SHOTS(s->arrived)))
NUMBER(m_rate_arrived, OF(SHOTS(s->arrived) * 100, s->n.impressions))
NUMBER(m_web, SHOTS(s->web))
NUMBER(m_web_value, s->web_value)
NUMBER(m_web_each, OF(s->web_value, SHOTS(s->web)))
NUMBER(m_web_roas, OF(s->web_value, s->n.spend))
NUMBER(m_web_viewed, SHOTS(s->web_viewed))
NUMBER(m_web_clicked, SHOTS(s->web - s->web_viewed))
NUMBER(m_app, SHOTS(s->app))
NUMBER(m_app_value, s->app_value)
NUMBER(m_app_roas, OF(s->app_value, s->n.spend))
NUMBER(m_install_cost, OF(s->n.spend, SHOTS(s->app)))
NUMBER(m_shop, SHOTS(s->shop))
NUMBER(m_shop_value, s->shop_value)
NUMBER(m_shop_roas, OF(s->shop_value, s->n.spend))
NUMBER(m_form, SHOTS(s->forms))
NUMBER(m_instant, SHOTS(s->instant))
NUMBER(m_plays, s->n.plays)
NUMBER(m_two, s->n.plays / 2)
NUMBER(m_six, s->n.plays / 5)
NUMBER(m_p25, s->n.quartiles[0])
NUMBER(m_p50, s->n.quartiles[1])
NUMBER(m_p75, s->n.quartiles[2])
NUMBER(m_p100, s->n.quartiles[3])
NUMBER(m_average, OF(s->n.plays * 4, s->n.impressions * 2))
NUMBER(m_likes, s->n.engagements)
NUMBER(m_few, s->n.engagements / 7)
NUMBER(m_shop_each, OF(s->n.spend, SHOTS(s->shop)))

/* ---- what is no figure */

#define TEXT(name) static void name(sim_text *out, const tiktok_report *r, const tiktok_row *row)

TEXT(t_advertiser)
{
    (void)r;
    (void)tiktok_f_advertiser(out, row);
}
TEXT(t_advertiser_name)
{
    char name[64];

    (void)r;
    sim_json_string(out, tiktok_account_name(name, sizeof name, &row->account));
}
TEXT(t_currency) { sim_json_string(out, r->ids ? row->account.currency->code : "-"); }
TEXT(t_timezone)
{
    (void)r;
    sim_json_string(out, row->account.zone->name);
}
TEXT(t_campaign)
{
    (void)r;
    (void)tiktok_f_campaign(out, row);
}
TEXT(t_campaign_name)
{
    (void)r;
    (void)tiktok_f_campaign_name(out, row);
}
TEXT(t_objective)
{
    (void)r;
    sim_json_string(out, tiktok_objective(row));
}
TEXT(t_automation) /* one that holds creatives is told apart from them */
{
    bool creative = row->family == TIKTOK_SMART && r->level == WORLD_AD && !row->smart_ad;

    if (creative)
        sim_json_string(out, "UPGRADED_SMART_PLUS_CREATIVE");
    else
        (void)tiktok_f_automation(out, row);
}
TEXT(t_adgroup)
{
    (void)r;
    (void)tiktok_f_adgroup(out, row);
}
TEXT(t_adgroup_name)
{
    (void)r;
    (void)tiktok_f_adgroup_name(out, row);
}
TEXT(t_promotion)
{
    (void)r;
    sim_json_string(out, tiktok_leg(row) == 'a' ? "App" : "Website");
}
TEXT(t_ad)
{
    (void)r;
    tiktok_put_id(out, row->smart_ad ? tiktok_smart_id(row) : row->ad.id);
}
TEXT(t_ad_v2)
{
    (void)r;
    tiktok_put_id(out, row->family == TIKTOK_SMART ? tiktok_smart_id(row) : row->ad.id);
}
TEXT(t_ad_name)
{
    (void)r;
    if (row->smart_ad)
        sim_printf(out, "\"Smart+ %lld\"", (long long)row->adset.index);
    else
        (void)tiktok_f_name(out, row);
}

#define FIGURE(name, kind, levels, number)                                                                                                 \
    {                                                                                                                                      \
        name, kind, levels, number, NULL, NULL, NULL                                                                                       \
    }
#define WORDS(name, levels, text)                                                                                                          \
    {                                                                                                                                      \
        name, 't', levels, NULL, text, NULL, NULL                                                                                          \
    }
#define SAME(name, literal)                                                                                                                \
    {                                                                                                                                      \
        name, 'z', '*', NULL, NULL, literal, NULL                                                                                          \
    }

static const tiktok_metric metrics[] = {
    { "spend", 'm', '*', m_spend, NULL, NULL, "Cost" },
    { "impressions", 'n', '*', m_impressions, NULL, NULL, "Impression" },
    { "clicks", 'n', '*', m_clicks, NULL, NULL, "Click" },
    FIGURE("billed_cost", 'm', '*', m_spend),
    FIGURE("cash_spend", 'm', 'a', m_cash),
    FIGURE("voucher_spend", 'm', 'a', m_voucher),
    FIGURE("ctr", 'p', '*', m_ctr),
    FIGURE("cpc", 'M', '*', m_cpc),
    FIGURE("cpm", 'M', '*', m_cpm),
    FIGURE("reach", 'n', '*', m_reach),
    FIGURE("frequency", 'd', '*', m_frequency),
    FIGURE("cost_per_1000_reached", 'M', '*', m_thousand),
    FIGURE("conversion", 'n', '*', m_conversion),
    FIGURE("cta_conversion", 'n', '*', m_cta),
    FIGURE("vta_conversion", 'n', '*', m_vta),
    FIGURE("evta_conversion", 'n', '*', m_evta),
    FIGURE("cost_per_conversion", 'M', '*', m_cost_conversion),
    FIGURE("conversion_rate", 'p', '*', m_rate_click),
    FIGURE("conversion_rate_v2", 'p', '*', m_rate_impression),
    FIGURE("real_time_conversion", 'n', '*', m_arrived),
    FIGURE("real_time_cost_per_conversion", 'M', '*', m_cost_arrived),
    FIGURE("real_time_conversion_rate", 'p', '*', m_rate_arrived),
    FIGURE("real_time_conversion_rate_v2", 'p', '*', m_rate_arrived),
    FIGURE("result", 'n', '*', m_conversion),
    FIGURE("cost_per_result", 'M', '*', m_cost_conversion),
    FIGURE("result_rate", 'p', '*', m_rate_impression),
    FIGURE("real_time_result", 'n', '*', m_arrived),
    FIGURE("real_time_cost_per_result", 'M', '*', m_cost_arrived),
    FIGURE("real_time_result_rate", 'p', '*', m_rate_arrived),
    SAME("secondary_goal_result", "null"),
    SAME("cost_per_secondary_goal_result", "null"),
    SAME("secondary_goal_result_rate", "null"),
    FIGURE("complete_payment", 'n', '*', m_web),
    FIGURE("total_complete_payment_rate", 'm', '*', m_web_value),
    FIGURE("value_per_complete_payment", 'M', '*', m_web_each),
    FIGURE("complete_payment_roas", 'd', '*', m_web_roas),
    FIGURE("vta_complete_payment", 'n', '*', m_web_viewed),
    FIGURE("cta_complete_payment", 'n', '*', m_web_clicked),
    FIGURE("purchase", 'n', '*', m_app),
    FIGURE("total_purchase", 'n', '*', m_app),
    FIGURE("total_purchase_value", 'm', '*', m_app_value),
    FIGURE("total_active_pay_roas", 'd', '*', m_app_roas),
    FIGURE("app_install", 'n', '*', m_app),
    FIGURE("real_time_app_install", 'n', '*', m_app),
    FIGURE("real_time_app_install_cost", 'M', '*', m_install_cost),
    FIGURE("onsite_shopping", 'n', '*', m_shop),
    FIGURE("total_onsite_shopping_value", 'm', '*', m_shop_value),
    FIGURE("onsite_shopping_roas", 'd', '*', m_shop_roas),
    FIGURE("form", 'n', '*', m_form),
    FIGURE("onsite_form", 'n', '*', m_instant),
    SAME("sales_lead", "\"0\""),
    FIGURE("video_play_actions", 'n', '*', m_plays),
    FIGURE("video_watched_2s", 'n', '*', m_two),
    FIGURE("video_watched_6s", 'n', '*', m_six),
    FIGURE("video_views_p25", 'n', '*', m_p25),
    FIGURE("video_views_p50", 'n', '*', m_p50),
    FIGURE("video_views_p75", 'n', '*', m_p75),
    FIGURE("video_views_p100", 'n', '*', m_p100),
    FIGURE("average_video_play", 'd', '*', m_average),
    FIGURE("average_video_play_per_user", 'd', '*', m_average),
    FIGURE("likes", 'n', '*', m_likes),
    FIGURE("comments", 'n', '*', m_few),
    FIGURE("shares", 'n', '*', m_few),
    FIGURE("follows", 'n', '*', m_few),
    FIGURE("profile_visits", 'n', '*', m_few),
    FIGURE("clicks_on_music_disc", 'n', '*', m_few),
    SAME("mobile_app_id", "\"0\""),
    SAME("tt_app_id", "0"),
    SAME("tt_app_name", "\"0\""),
    SAME("dpa_target_audience_type", "null"),
    WORDS("advertiser_id", '*', t_advertiser),
    WORDS("advertiser_name", '*', t_advertiser_name),
    WORDS("currency", '*', t_currency),
    WORDS("timezone", '*', t_timezone),
    WORDS("campaign_id", 'c', t_campaign),
    WORDS("campaign_name", 'c', t_campaign_name),
    WORDS("objective_type", 'c', t_objective),
    WORDS("campaign_automation_type", 'c', t_automation),
    WORDS("adgroup_id", 'g', t_adgroup),
    WORDS("adgroup_name", 'g', t_adgroup_name),
    WORDS("promotion_type", 'g', t_promotion),
    WORDS("ad_id", 'd', t_ad),
    WORDS("ad_id_v2", 'd', t_ad_v2),
    WORDS("ad_name", 'd', t_ad_name),
    FIGURE("cost", 'm', 'G', m_spend),
    FIGURE("net_cost", 'm', 'G', m_cash),
    FIGURE("orders", 'n', 'G', m_shop),
    FIGURE("cost_per_order", 'M', 'G', m_shop_each),
    FIGURE("gross_revenue", 'm', 'G', m_shop_value),
    FIGURE("roi", 'd', 'G', m_shop_roas),
    FIGURE("product_impressions", 'n', 'G', m_impressions),
    FIGURE("product_clicks", 'n', 'G', m_clicks),
    FIGURE("product_click_rate", 'p', 'G', m_ctr),
    FIGURE("ad_click_rate", 'p', 'G', m_ctr),
    FIGURE("ad_conversion_rate", 'p', 'G', m_rate_click),
};

/* ---- which there are */

static bool metric_offered(const tiktok_report *r, const tiktok_metric *m)
{
    static const char levels[] = "cgd";
    static const world_kind kinds[] = { WORLD_CAMPAIGN, WORLD_ADSET, WORLD_AD };
    const char *at = strchr(levels, m->levels);

    if (r->gmv) return m->levels == 'G' || m->kind == 't';
    if (m->levels == 'a') return r->level == WORLD_ACCOUNT && r->ids;
    return m->levels == '*' || (at && r->level <= WORLD_AD && r->ids && r->level >= kinds[at - levels]);
}

const tiktok_metric *tiktok_metric_named(const tiktok_report *r, const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(metrics); i++) {
        if (!strcmp(metrics[i].name, name) && metric_offered(r, &metrics[i])) return &metrics[i];
    }
    return NULL;
}

const char *tiktok_metric_name(const tiktok_metric *m, bool title) { return title && m->title ? m->title : m->name; }

static bool metric_wrong(tiktok_call *call, const tiktok_report *r, const sim_json *list)
{
    sim_text names = { 0 };

    for (const sim_json *one = list->child; one; one = one->next) {
        if (!tiktok_metric_named(r, one->text)) sim_printf(&names, "%s'%s'", names.size ? ", " : "", one->text);
    }
    if (names.size)
        (void)tiktok_fail(call, 40002,
                          "Please correct the information in invalid metric fields and try again. Invalid metric fields: [%s]. ", names.p);
    sim_free(&names);
    return call->answer->code != 0;
}

static void metric_take(tiktok_report *r, const char *name)
{
    static const char at_once[] = "real_time_";

    if (r->metric_count == TIKTOK_METRICS_MOST) return;
    r->metrics[r->metric_count++] = tiktok_metric_named(r, name);
    r->arrived = r->arrived || strstr(name, at_once) == name;
}

bool tiktok_metrics_read(tiktok_call *call, tiktok_report *r)
{
    static const char *const many[] = { "currency", "timezone", "advertiser_id" };
    const sim_json *list;

    if (!tiktok_param_list(call, "metrics", 0, &list)) return false;
    if (list && metric_wrong(call, r, list)) return false;
    for (const sim_json *one = list ? list->child : NULL; one; one = one->next) metric_take(r, one->text);
    if (!r->metric_count) {
        metric_take(r, r->gmv ? "cost" : "spend");
        metric_take(r, r->gmv ? "orders" : "impressions");
    }
    for (size_t i = 0; r->many && i < SIM_COUNT(many); i++) {
        if (!list || !tiktok_listed(list, many[i])) metric_take(r, many[i]);
    }
    return true;
}

/* ---- how they are written */

double tiktok_metric_number(const tiktok_report *r, const tiktok_cell *cell, const tiktok_metric *m, const tiktok_sums *s)
{
    (void)r;
    (void)cell;
    return m->number ? m->number(s) : 0;
}

static bool metric_late(const tiktok_metric *m)
{
    static const char *const late[] = { "reach", "frequency", "cost_per_1000_reached", "cash_spend", "voucher_spend", "billed_cost" };

    for (size_t i = 0; i < SIM_COUNT(late); i++) {
        if (!strcmp(late[i], m->name)) return true;
    }
    return false;
}

static void metric_money(sim_text *out, const tiktok_report *r, const tiktok_row *row, double minor, uint64_t odd)
{
    int offset = row->account.currency->offset, decimals = offset == 1 ? 0 : offset == 1000 ? 3 : 2;
    int64_t whole = (int64_t)(minor + 0.5);

    if (r->many)
        sim_int(out, whole / offset);
    else if (decimals)
        sim_printf(out, "%lld.%0*lld%s", (long long)(whole / offset), decimals, (long long)(whole % offset),
                   odd % 13 == 1 && offset == 100 ? "0" : "");
    else
        sim_int(out, whole);
}

static void metric_value(sim_text *out, const tiktok_report *r, const tiktok_row *row, const tiktok_metric *m, double value, uint64_t odd)
{
    if (m->kind == 'm' || m->kind == 'M')
        metric_money(out, r, row, value, odd);
    else if (m->kind == 'n')
        sim_int(out, (int64_t)value);
    else
        sim_printf(out, "%.2f", value);
}

static uint64_t metric_odd(const tiktok_report *r, const tiktok_cell *cell, const tiktok_metric *m)
{
    const tiktok_object *o = &r->objects[cell->object];
    uint64_t where = (uint64_t)(m - metrics) << 40 | (uint64_t)(cell->hour + 1) << 32 | (uint64_t)cell->from;

    return sim_hash(sim_seed(r->site), where, (uint64_t)o->g << 8 | (uint64_t)o->kind, (uint64_t)o->index << 1 | (uint64_t)o->smart);
}

/* "-" and null for none, a number in place of a text */
static bool metric_strange(sim_text *out, const tiktok_metric *m, double value, uint64_t odd)
{
    if (value > 0 || odd % 8 > 1) return false;
    sim_puts(out, odd % 8 || m->kind == 'm' ? "\"-\"" : "null");
    return true;
}

void tiktok_metric_write(sim_text *out, const tiktok_report *r, const tiktok_cell *cell, const tiktok_metric *m, const tiktok_sums *s,
                         bool plain)
{
    uint64_t odd = plain || !sim_setting_int(r->site, "odd-values") ? 5 : metric_odd(r, cell, m);
    double value = m->number ? m->number(s) : 0;
    const char *quote = value > 0 && odd % 11 == 0 ? "" : "\"";
    bool late = s->late && metric_late(m), blurred = !r->ids && r->many && (m->kind == 'm' || m->kind == 'M');
    tiktok_row row;

    tiktok_object_row(r, &r->objects[cell->object], &row);
    if (m->kind == 'z') {
        sim_puts(out, m->literal);
        return;
    }
    if (m->kind == 't') {
        m->text(out, r, &row);
        return;
    }
    if (late || blurred) {
        sim_puts(out, "\"-\"");
        return;
    }
    if (metric_strange(out, m, value, odd)) return;
    sim_puts(out, quote);
    metric_value(out, r, &row, m, value, odd);
    sim_puts(out, quote);
}
