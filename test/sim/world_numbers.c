/* SPDX-License-Identifier: MIT */
/*
 * What an ad did on a day. Drawn from the seed; what is visible of it depends on how old the day is: sales are reported up to 27 days
 * late, a little spend is taken back after two days, and today has only as much as there has been of today.
 */
#include "world.h"

#include "site.h"

#define QUARTERS 96
#define METRIC_LATEST 27

typedef struct metric_cursor { /* one hash, read piece by piece */
    uint64_t h;
} metric_cursor;

static int64_t metric_draw(metric_cursor *c, int64_t below)
{
    uint64_t x = c->h += 0x9e3779b97f4a7c15u;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (int64_t)((x >> 16) % (uint64_t)below);
}

/* days until a sale is reported: more than half at once, the last after 27 */
static int64_t metric_delay(metric_cursor *c)
{
    int64_t draw = metric_draw(c, 100);

    if (draw < 55) return 0;
    if (draw < 75) return 1 + metric_draw(c, 3);
    return draw < 90 ? 4 + metric_draw(c, 4) : 8 + metric_draw(c, 20);
}

/* the windows in which an event counts: each contains the narrower ones, views are apart */
static unsigned metric_windows(metric_cursor *c)
{
    static const unsigned sets[] = { 1u << WORLD_1D_CLICK | 1u << WORLD_7D_CLICK | 1u << WORLD_28D_CLICK,
                                     1u << WORLD_7D_CLICK | 1u << WORLD_28D_CLICK, 1u << WORLD_28D_CLICK, 1u << WORLD_1D_VIEW,
                                     1u << WORLD_1D_EV };
    int64_t draw = metric_draw(c, 100);

    return sets[draw < 60 ? 0 : draw < 75 ? 1 : draw < 83 ? 2 : draw < 96 ? 3 : 4];
}

static void metric_event(world_numbers *sum, int event, unsigned windows, int64_t count, int64_t value)
{
    for (int w = 0; w < WORLD_WINDOWS; w++) {
        if (!(windows & 1u << w)) continue;
        sum->count[event][w] += count;
        sum->value[event][w] += value;
    }
}

/* of the sales of a day those that are reported `first` to `last` days later; account.purchase 4 shares a sale between two ads */
static void metric_events(const world_account *account, metric_cursor *c, int64_t first, int64_t last, world_numbers *sum)
{
    static const int64_t most[WORLD_EVENTS] = { 5, 3, 7, 2 };
    int64_t one = account->purchase == 4 ? 50 : 100;

    for (int event = 0; event < WORLD_EVENTS; event++) {
        int64_t n = metric_draw(c, most[event]);

        for (int64_t i = 0; i < n; i++) {
            int64_t delay = metric_delay(c), value = 500 + metric_draw(c, 20000);
            unsigned windows = metric_windows(c);

            if (delay >= first && delay <= last)
                metric_event(sum, event, windows, event == WORLD_CUSTOM ? 150 : one,
                             event == WORLD_PURCHASE || event == WORLD_CART ? value : 0);
        }
    }
}

/* the share of a day that has passed, in quarters of an hour */
static int64_t metric_share(const sim_site *site, const world_account *account, int64_t day)
{
    int64_t now = sim_now(site->sim), midnight;

    if (sim_zone_day(account->zone, now) != day) return QUARTERS;
    midnight = sim_zone_midnight(account->zone, day);
    return (now - midnight) / 900 < QUARTERS ? (now - midnight) / 900 : QUARTERS;
}

static bool metric_quiet_day(const sim_site *site, const world_account *account, int64_t day)
{
    return sim_hash(account->h, (uint64_t)day, 0x9d, 0) % 20 == 0 || site->sim->options.density == 0;
}

static void metric_video(world_numbers *sum, int64_t impressions)
{
    sum->plays += impressions * 3 / 5;
    for (int i = 0; i < 4; i++) sum->quartiles[i] += impressions * (8 - 2 * i) / 20;
}

static void metric_day(const sim_site *site, const world_account *account, int64_t ad, int64_t day, int64_t first, int64_t last,
                       world_numbers *sum)
{
    metric_cursor c = { sim_hash(sim_seed(site), 0xad, (uint64_t)account->g << 32 | (uint64_t)ad, (uint64_t)day) };
    int64_t today = sim_zone_day(account->zone, sim_now(site->sim)), age = today - day, until, share, impressions, clicks, links, spend;
    bool invalid;

    if (age < 0 || metric_quiet_day(site, account, day) || metric_draw(&c, 100) >= site->sim->options.density) return;
    if (day < world_ad_from(site, account, ad, &until) || day > until) return;
    share = metric_share(site, account, day);
    impressions = (20 + metric_draw(&c, 3000)) * share / QUARTERS;
    if (!impressions) return;
    clicks = metric_draw(&c, 10) ? impressions * (1 + metric_draw(&c, 80)) / 1000 : 0;
    spend = impressions * (3 + metric_draw(&c, 40)) / 10 * (account->currency->offset == 1 ? 10 : 1);
    invalid = metric_draw(&c, 50) == 0; /* drawn on every day alike, or the second day would tell of other sales than the first */
    if (age >= 2 && invalid) spend -= spend / 50;
    links = metric_draw(&c, 25) ? clicks * 7 / 10 : clicks + 1; /* counted elsewhere, so there may be more of them than clicks */
    sum->impressions += impressions;
    sum->clicks += clicks;
    sum->links += links;
    sum->landings += clicks / 2;
    sum->engagements += links ? links + metric_draw(&c, 3) : 0;
    sum->spend += spend;
    sum->reach += impressions - impressions / 4;
    metric_video(sum, impressions);
    if (clicks) metric_events(account, &c, first, last < age ? last : age, sum);
}

void world_numbers_add(const sim_site *site, const world_account *account, int64_t ad, int64_t day, world_numbers *sum)
{
    metric_day(site, account, ad, day, 0, INT64_MAX, sum);
}

void world_numbers_part(world_numbers *n, int64_t i, int64_t of)
{
    int64_t *all = (int64_t *)n;

    for (size_t k = 0; k < sizeof *n / sizeof *all; k++) all[k] = all[k] * (i + 1) / of - all[k] * i / of;
}

void world_arrived_add(const sim_site *site, const world_account *account, int64_t ad, int64_t day, world_numbers *sum)
{
    for (int64_t late = 0; late <= METRIC_LATEST; late++) {
        world_numbers n = { 0 };

        metric_day(site, account, ad, day - late, late, late, &n);
        for (int i = 0; i < WORLD_EVENTS * WORLD_WINDOWS; i++) {
            sum->count[i / WORLD_WINDOWS][i % WORLD_WINDOWS] += n.count[i / WORLD_WINDOWS][i % WORLD_WINDOWS];
            sum->value[i / WORLD_WINDOWS][i % WORLD_WINDOWS] += n.value[i / WORLD_WINDOWS][i % WORLD_WINDOWS];
        }
    }
}

void world_sum(const sim_site *site, const world_account *account, world_kind level, int64_t index, int64_t from, int64_t to,
               world_numbers *sum)
{
    int64_t ads = world_ads_under(site, level), first = level == WORLD_ACCOUNT ? 0 : index * ads;

    for (int64_t ad = first; ad < first + ads; ad++) {
        for (int64_t day = from; day <= to; day++) world_numbers_add(site, account, ad, day, sum);
    }
}
