/* SPDX-License-Identifier: MIT */
#include "site.h"

#include <stdlib.h>

typedef struct option_entry {
    const char *name;
    char kind; /* i number, t time, b switch, s text, * text that may be given again */
    size_t offset;
    int64_t min, max;
    const char *otherwise, *help;
} option_entry;

#define AT(member) offsetof(sim_options, member)

static const option_entry option_table[] = {
    { "seed", 'i', AT(seed), 0, INT64_MAX, "1", "everything that is made up follows from it" },
    { "now", 't', AT(now), 0, 4102444800, "2026-03-15T12:34:56Z", "the simulator's clock: unix seconds or 2026-03-15T12:34:56Z" },
    { "tick", 'b', AT(tick), 0, 1, "0", "let that clock run (otherwise it stands still until the control port moves it)" },
    { "app", '*', AT(apps), 0, 0, "", "[PLATFORM=]ID:SECRET of a known application, instead of the platform's own; may be given again" },
    { "redirect-uri", '*', AT(redirects), 0, 0, "", "a registered redirect address; none: every https and loopback address" },
    { "users", 'i', AT(users), 1, 1000, "2", "people who can consent" },
    { "accounts", 'i', AT(accounts), 0, 1000, "3", "ad accounts of each" },
    { "campaigns", 'i', AT(campaigns), 0, 100000, "12", "campaigns of an account" },
    { "adsets", 'i', AT(adsets), 0, 1000, "3", "ad sets of a campaign" },
    { "ads", 'i', AT(ads), 0, 1000, "2", "ads of an ad set" },
    { "audiences", 'i', AT(audiences), 0, 10000, "6", "custom audiences of an account" },
    { "pages", 'i', AT(pages), 0, 100, "2", "pages of a person" },
    { "forms", 'i', AT(forms), 0, 99, "2", "lead forms of a page" },
    { "leads", 'i', AT(leads), 0, 900, "3", "most leads of a form on one day" },
    { "posts", 'i', AT(posts), 0, 10000, "8", "posts of a page" },
    { "density", 'i', AT(density), 0, 100, "85", "days in a hundred on which an ad delivers" },
    { "growth", 'i', AT(growth), 0, 100, "10", "campaigns in a hundred that come to life between 2025 and 2028" },
    { "odd-pages", 'i', AT(odd_pages), 0, 100, "8", "pages in a hundred that come short or empty and still have a next" },
    { "object-cells", 'i', AT(object_cells), 1, INT64_MAX, "5000",
      "rows times fields beyond which a list is refused: reduce the amount of data" },
    { "sync-rows", 'i', AT(sync_rows), 1, INT64_MAX, "5000", "possible rows beyond which a synchronous report is refused" },
    { "run-rows", 'i', AT(run_rows), 1, INT64_MAX, "200000", "possible rows beyond which a report run fails" },
    { "run-polls", 'i', AT(run_polls), 0, 1000, "3", "looks at a report run before it is complete" },
    { "run-race", 'i', AT(run_race), 0, 1000, "4", "one run in so many is not readable at the first look; 0: none" },
    { "run-seconds", 'i', AT(run_seconds), 0, 1000000, "0", "seconds on its own clock until a report job can be ready" },
    { "run-number", 'b', AT(run_number), 0, 1, "0", "report_run_id always as a number (otherwise every second one)" },
    { "run-wide", 'b', AT(run_wide), 0, 1, "0", "report_run_id with nineteen digits, which no double holds" },
    { "deleted-always", 'b', AT(deleted_always), 0, 1, "0", "reports show deleted objects without being asked" },
    { "expired-version", 'b', AT(expired_refuse), 0, 1, "0", "refuse ended API versions instead of upgrading them" },
    { "default-version", 's', AT(default_version), 0, 0, "v25.0", "the version of a call that names none" },
    { "require-proof", 'b', AT(proof), 0, 1, "0", "refuse calls without appsecret_proof" },
    { "strict-redirect", 'b', AT(strict_redirect), 0, 1, "0", "refuse the token call when its redirect_uri is missing" },
    { "app-insights", 'i', AT(app_insights), 0, 1000000000, "0", "report calls that the whole app may make in an hour; 0: no such limit" },
    { "short-life", 'i', AT(short_life), 1, 1000000000, "5400", "seconds a first token lives" },
    { "long-life", 'i', AT(long_life), 1, 1000000000, "5183944", "seconds a long-lived token lives" },
    { "code-life", 'i', AT(code_life), 1, 1000000000, "600", "seconds a code lives" },
    { "data-life", 'i', AT(data_life), 1, 1000000000, "7776000", "seconds until data access ends" },
    { "tier", 's', AT(tier), 0, 0, "full", "limits: full, limited, or off (counted and told, never refused)" },
    { "limit-scale", 'i', AT(limit_scale), 1, 1000000, "100", "allowances in percent of the published ones" },
    { "daily-users", 'i', AT(daily_users), 1, 1000000000, "1000", "daily users of the app, for its own allowance" },
    { "latency", 'i', AT(latency), 0, 600000, "0", "milliseconds before every answer" },
    { "gzip", 'i', AT(gzip), 0, 9, "0", "level of compression where the client takes it; 0: none" },
    { "plain", 'b', AT(plain), 0, 1, "0", "also open a port without TLS" },
    { "loopback-host", 's', AT(loopback_host), 0, 0, "graph.facebook.com", "the platform host that 127.0.0.1 and localhost stand for" },
    { "port-file", 's', AT(port_file), 0, 0, "", "where to write the ports, as the JSON line that is printed" },
    { "ca-file", 's', AT(ca_file), 0, 0, "", "where to write the certificate authority" },
    { "state", 's', AT(state), 0, 0, "", "where the world is kept over an outage: read at the start, written at the end" },
    { "faults", 's', AT(faults), 0, 0, "", "faults to begin with: a JSON list, or a JSON object a line" },
    { "log", 's', AT(log), 0, 0, "", "ground truth: a JSON line per request" },
    { "stay", 'b', AT(stay), 0, 1, "0", "outlive the parent process" },
    { "truth", 's', AT(truth), 0, 0, "",
      "print what a complete sync must hold and end: accounts, campaigns, adsets, ads, creatives, audiences, forms, leads, insights" },
    { "platform", 's', AT(platform), 0, 0, "", "with --truth: which platform (meta)" },
    { "account", 's', AT(account), 0, 0, "", "with --truth: this account only" },
    { "level", 's', AT(level), 0, 0, "", "with --truth insights: account, campaign, adset or ad (all four without)" },
    { "fields", 's', AT(fields), 0, 0, "", "with --truth: these fields only" },
    { "from", 's', AT(from), 0, 0, "", "with --truth insights: first day (89 days back without)" },
    { "to", 's', AT(to), 0, 0, "", "with --truth insights: last day (today without)" },
};

static void option_help(void)
{
    puts("adsim [OPTION]...: plays advertising platforms on loopback, over TLS, by host name.\n"
         "Prints one JSON line with its ports when it is ready; ends by SIGTERM, by the control port or with its parent.\n");
    for (size_t i = 0; i < SIM_COUNT(option_table); i++) {
        const option_entry *o = &option_table[i];
        char left[48];

        (void)snprintf(left, sizeof left, "--%s%s", o->name,
                       o->kind == 'b'   ? ""
                       : o->kind == 'i' ? " N"
                       : o->kind == 't' ? " TIME"
                                        : " TEXT");
        printf("  %-24s %s%s%s%s\n", left, o->help, o->kind != 'b' && *o->otherwise ? " (" : "", o->kind != 'b' ? o->otherwise : "",
               o->kind != 'b' && *o->otherwise ? ")" : "");
    }
    for (const sim_platform *const *p = sim_platforms(); *p; p++) {
        for (const sim_setting *s = (*p)->settings; s && s->name; s++) {
            char left[64];

            (void)snprintf(left, sizeof left, "--%s-%s %s", (*p)->name, s->name, s->max ? "N" : "TEXT");
            printf("  %-24s %s (%s)\n", left, s->help, s->otherwise);
        }
    }
    puts("\nControl: POST /control on the control port, a JSON object: {\"op\":\"fault.add\",\"kind\":...}, fault.clear, fault.list, "
         "now.set,\n"
         "now.advance, set, stats, limits.clear, truth, token.kill, access, shutdown. test/sim/README.md lists them all.");
}

static const char *option_join(sim_world *sim, const char *before, const char *value)
{
    size_t a = before ? strlen(before) : 0, size = a + strlen(value) + 2;
    char *p = sim_alloc(&sim->texts, size);

    (void)snprintf(p, size, "%s%s%s", before ? before : "", a ? "\n" : "", value);
    return p;
}

const char *sim_option_set(sim_world *sim, const char *name, const char *value)
{
    for (size_t i = 0; i < SIM_COUNT(option_table); i++) {
        const option_entry *o = &option_table[i];
        void *at = (char *)&sim->options + o->offset;
        char *end = NULL;
        int64_t number;

        if (strcmp(o->name, name)) continue;
        if (o->kind == 's' || o->kind == '*') {
            *(const char **)at = option_join(sim, o->kind == '*' ? *(const char **)at : NULL, value);
            return NULL;
        }
        number = strtoll(value, &end, 10);
        if (o->kind == 't' && !sim_time_read(value, &number)) return "not a time";
        if (o->kind != 't' && (!*value || *end)) return "not a number";
        if (number < o->min || number > o->max) return "out of range";
        if (o->kind == 'b')
            *(bool *)at = number != 0;
        else
            *(int64_t *)at = number;
        if (o->kind == 't') sim_now_set(sim, number);
        return NULL;
    }
    return sim_site_set(sim, name, value);
}

static bool option_is_switch(const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(option_table); i++) {
        if (!strcmp(option_table[i].name, name)) return option_table[i].kind == 'b';
    }
    return false;
}

int sim_options_read(sim_world *sim, int argc, char **argv)
{
    for (size_t i = 0; i < SIM_COUNT(option_table); i++) {
        if (option_table[i].kind != '*') (void)sim_option_set(sim, option_table[i].name, option_table[i].otherwise);
    }
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value, *wrong;

        if (!strcmp(name, "--help")) {
            option_help();
            return 0;
        }
        if (!strncmp(name, "--", 2)) name += 2;
        value = option_is_switch(name) ? "1" : i + 1 < argc ? argv[++i] : "";
        if (!(wrong = sim_option_set(sim, name, value))) continue;
        fprintf(stderr, "adsim: --%s %s: %s (see --help)\n", name, value, wrong);
        return 2;
    }
    if (strcmp(sim->options.tier, "full") && strcmp(sim->options.tier, "limited") && strcmp(sim->options.tier, "off")) {
        fputs("adsim: --tier must be full, limited or off\n", stderr);
        return 2;
    }
    return -1;
}
