/* SPDX-License-Identifier: MIT */
/* What a call costs, what is left, and the headers that say so. Every number comes from the calls that were really made. */
#include "meta.h"

typedef struct limit_class {
    const char *name;
    int code;
    int64_t window, limited, full, each; /* each: per active ad, or per audience */
} limit_class;

static const limit_class limit_classes[] = {
    { "ads_management", 80004, 3600, 300, 100000, 40 },
    { "ads_insights", 80000, 3600, 600, 190000, 400 },
    { "custom_audience", 80003, 3600, 5000, 190000, 40 },
    { "leadgen", 80005, 86400, 0, 0, 4800 },
    { "platform", 4, 3600, 0, 0, 200 },
};

static const limit_class *limit_class_of(const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(limit_classes); i++) {
        if (!strcmp(limit_classes[i].name, name)) return &limit_classes[i];
    }
    return &limit_classes[SIM_COUNT(limit_classes) - 1];
}

static bool limit_full(const sim_world *sim) { return strcmp(sim->options.tier, "limited") != 0; }

static int64_t limit_each(const meta_call *call, const limit_class *c)
{
    const sim_options *o = &call->sim->options;

    if (c->code == 4) return o->daily_users;
    if (c->code == 80003) return o->audiences;
    if (c->code == 80005) return 1 + o->forms * o->leads * 45;
    return meta_active_ads(call->sim, call->account.g);
}

/* counted once per window: how many ads are active moves slowly */
static int64_t limit_allowance(const meta_call *call, const limit_class *c, sim_window *window)
{
    if (!window->allowance) window->allowance = (limit_full(call->sim) ? c->full : c->limited) + c->each * limit_each(call, c);
    return window->allowance * call->sim->options.limit_scale / 100;
}

static uint64_t limit_key(const meta_call *call, const limit_class *c)
{
    int64_t whom = c->code == 4 ? 0 : call->account.id ? call->account.g + 1 : -1 - call->token.page;

    return sim_hash(0x11, (uint64_t)c->code, (uint64_t)whom, (uint64_t)call->token.app);
}

static const char *limit_tier(const sim_world *sim) { return limit_full(sim) ? "standard_access" : "development_access"; }

static int64_t limit_percent(int64_t used, int64_t allowed) { return used * 100 / (allowed ? allowed : 1); }

static void limit_permit(meta_call *call, const char *name, int64_t used, int64_t allowed, bool blocked)
{
    sim_text *out = &call->answer->permits;

    sim_json_key(out, name);
    sim_json_open(out, '{');
    sim_json_pair_int(out, "used", used);
    sim_json_pair_int(out, "allowed", allowed);
    sim_json_pair_bool(out, "refused", blocked);
    sim_putc(out, '}');
}

static void limit_tell_app(meta_call *call)
{
    const limit_class *c = limit_class_of("platform");
    sim_window *window = sim_window_get(call->sim, limit_key(call, c), c->window);
    int64_t percent = limit_percent(sim_window_used(window, sim_now(call->sim)), limit_allowance(call, c, window));
    sim_text value = { 0 };

    sim_printf(&value, "{\"call_count\":%lld,\"total_time\":%lld,\"total_cputime\":%lld}", (long long)percent, (long long)(percent * 4 / 5),
               (long long)(percent * 3 / 4));
    sim_answer_header(call->answer, "X-App-Usage", value.p);
    sim_free(&value);
}

static void limit_tell_account(meta_call *call, int64_t used, int64_t allowed, int64_t reset)
{
    sim_text value = { 0 };

    sim_printf(&value, "{\"acc_id_util_pct\":%.2f,\"reset_time_duration\":%lld,\"ads_api_access_tier\":\"%s\"}",
               (double)used * 100.0 / (double)(allowed ? allowed : 1), (long long)reset, limit_tier(call->sim));
    sim_answer_header(call->answer, "X-Ad-Account-Usage", value.p);
    sim_free(&value);
}

/* all classes of the account that were used in their window */
static void limit_tell_cases(meta_call *call)
{
    int64_t now = sim_now(call->sim), id = call->account.id ? call->account.id : meta_page_id(call->token.page);
    sim_text value = { 0 };

    sim_printf(&value, "{\"%lld\":[", (long long)id);
    for (size_t i = 0; i + 1 < SIM_COUNT(limit_classes); i++) {
        const limit_class *c = &limit_classes[i];
        sim_window *window = sim_window_get(call->sim, limit_key(call, c), c->window);
        int64_t used = sim_window_used(window, now), allowed, percent;

        if (!used) continue;
        allowed = limit_allowance(call, c, window);
        percent = limit_percent(used, allowed);
        sim_json_open(&value, '{');
        sim_json_pair(&value, "type", c->name);
        sim_json_pair_int(&value, "call_count", percent);
        sim_json_pair_int(&value, "total_cputime", percent * 3 / 4);
        sim_json_pair_int(&value, "total_time", percent * 4 / 5);
        sim_json_pair_int(&value, "estimated_time_to_regain_access",
                          used >= allowed ? (sim_window_frees_in(window, now, allowed) + 59) / 60 : 0);
        sim_json_pair(&value, "ads_api_access_tier", limit_tier(call->sim));
        sim_putc(&value, '}');
    }
    sim_puts(&value, "]}");
    sim_answer_header(call->answer, "X-Business-Use-Case-Usage", value.p);
    sim_free(&value);
}

/* reports of all accounts together: Meta publishes no number for it, so there is one only where a test sets it */
static bool limit_app_insights(meta_call *call)
{
    const limit_class *c = limit_class_of("ads_insights");
    sim_window *window = sim_window_get(call->sim, limit_key(call, c), c->window);
    sim_window *app = sim_window_get(call->sim, sim_hash(0x13, (uint64_t)call->token.app, 0, 0), c->window);
    int64_t now = sim_now(call->sim), allowed = call->sim->options.app_insights, used;
    sim_text value = { 0 };

    sim_window_charge(app, now, call->units);
    used = sim_window_used(app, now);
    sim_printf(&value, "{\"app_id_util_pct\":%lld,\"acc_id_util_pct\":%lld,\"ads_api_access_tier\":\"%s\"}",
               (long long)(allowed ? limit_percent(used, allowed) : 0),
               (long long)limit_percent(sim_window_used(window, now), limit_allowance(call, c, window)), limit_tier(call->sim));
    sim_answer_header(call->answer, "x-fb-ads-insights-throttle", value.p);
    sim_free(&value);
    return !allowed || used <= allowed || !strcmp(call->sim->options.tier, "off");
}

static bool limit_refuse(meta_call *call, const limit_class *c)
{
    char text[320];

    if (c->code == 4) {
        meta_fail(call, &(meta_error){ .code = 4, .message = "(#4) Application request limit reached", .transient = 1 });
        return false;
    }
    (void)snprintf(text, sizeof text,
                   "(#%d) There have been too many calls %s. Wait a bit and try again. For more info, please refer to "
                   "https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
                   c->code, c->code == 80005 ? "from this page" : "from this ad-account");
    meta_fail(call,
              &(meta_error){
                  .code = c->code, .subcode = c->code == 80000 ? 2446079 : 0, .message = text, .transient = c->code == 80004 ? 1 : 0 });
    return false;
}

/* counts the call in its class; a call that comes while blocked counts as well, which prolongs the block */
static bool limit_case(meta_call *call, const limit_class *c)
{
    int64_t now = sim_now(call->sim);
    sim_window *window = sim_window_get(call->sim, limit_key(call, c), c->window);
    int64_t allowed = limit_allowance(call, c, window), used = sim_window_used(window, now);
    bool over = used + call->units > allowed && strcmp(call->sim->options.tier, "off") != 0;

    sim_window_charge(window, now, call->units);
    limit_permit(call, c->name, used + call->units, allowed, over);
    return !over;
}

/* points of an account: they decay over 300 s; who goes over is blocked, and whoever calls while blocked begins the block anew */
static bool limit_score(meta_call *call)
{
    int64_t now = sim_now(call->sim), block = limit_full(call->sim) ? 60 : 300;
    int64_t allowed = (limit_full(call->sim) ? 9000 : 60) * call->sim->options.limit_scale / 100;
    sim_window *window = sim_window_get(call->sim, sim_hash(0x12, (uint64_t)call->account.g, (uint64_t)call->token.app, 0), 300);
    int64_t used = sim_window_used(window, now);
    bool over = (window->blocked_until > now || used + call->units > allowed) && strcmp(call->sim->options.tier, "off") != 0;

    sim_window_charge(window, now, call->units);
    if (over) window->blocked_until = now + block;
    limit_permit(call, "score", used + call->units, allowed, over);
    limit_tell_account(call, used + call->units, allowed, over ? block : sim_window_frees_in(window, now, 1));
    return !over;
}

bool meta_limits_pass(meta_call *call)
{
    const limit_class *c = limit_class_of(call->regime);
    bool score = !call->account.id || limit_score(call), fine = limit_case(call, c);
    bool app = c->code != 80000 || limit_app_insights(call);

    if (c->code != 4) limit_tell_cases(call);
    limit_tell_app(call);
    if (!app) {
        meta_fail(call,
                  &(meta_error){ .code = 4, .subcode = 1504022, .message = "(#4) Application request limit reached", .transient = 1 });
        return false;
    }
    if (!score) {
        meta_fail(call, &(meta_error){ .code = 17,
                                       .subcode = 2446079,
                                       .message = "(#17) User request limit reached",
                                       .transient = 1,
                                       .title = "Ad Account Has Too Many API Calls",
                                       .user = "There have been too many calls from this ad-account. Wait a bit and try again." });
        return false;
    }
    return fine || limit_refuse(call, c);
}
