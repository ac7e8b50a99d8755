/* SPDX-License-Identifier: MIT */
#include "meta.h"

#include <stdlib.h>

#define DEFAULT_APP "123456789012345:adsim-app-secret"

static void platform_app(meta_state *state, const char *text, size_t size)
{
    meta_app *app = sim_need(calloc(1, sizeof *app)), **tail = &state->apps;
    char *copy = sim_need(calloc(1, size + 1)), *colon;

    memcpy(copy, text, size);
    colon = strchr(copy, ':');
    app->id = strtoll(copy, NULL, 10);
    app->secret = colon ? colon + 1 : copy + size;
    app->text = copy;
    while (*tail) tail = &(*tail)->next;
    *tail = app;
}

static void platform_open(sim_world *sim)
{
    meta_state *state = sim_need(calloc(1, sizeof *state));
    const char *list = sim->options.apps ? sim->options.apps : DEFAULT_APP;

    while (*list) {
        size_t size = strcspn(list, "\n");

        platform_app(state, list, size);
        list += size + (list[size] == '\n');
    }
    sim->meta = state;
}

static void platform_close(sim_world *sim)
{
    meta_state *state = sim->meta;

    while (state->apps) {
        meta_app *next = state->apps->next;

        free(state->apps->text);
        free(state->apps);
        state->apps = next;
    }
    while (state->grants) {
        meta_grant *next = state->grants->next;

        free(state->grants);
        state->grants = next;
    }
    for (size_t i = 0; i < META_RUNS; i++) free(state->runs[i].query);
    free(state);
}

/* the account that a path speaks of, directly or through something in it */
static bool platform_account(sim_world *sim, const sim_request *request, char out[32])
{
    const char *path = request->path;
    int64_t g, index, id;
    meta_kind kind;

    while (*path == '/') path++;
    if (*path == 'v' && path[1] >= '0' && path[1] <= '9') path += strcspn(path, "/");
    while (*path == '/') path++;
    id = strtoll(!strncmp(path, "act_", 4) ? path + 4 : path, NULL, 10);
    kind = meta_id_read(sim, id, &g, &index);
    if (kind != META_ACCOUNT && !(kind >= META_CAMPAIGN && kind <= META_AUDIENCE) && kind != META_RUN) return false;
    (void)snprintf(out, 32, "%lld", (long long)meta_account_id(g));
    return true;
}

static const char *const platform_hosts[] = { "graph.facebook.com", "www.facebook.com", "graph-video.facebook.com", NULL };

const sim_platform sim_meta = {
    .name = "meta",
    .hosts = platform_hosts,
    .open = platform_open,
    .handle = meta_handle,
    .refuse = meta_refuse,
    .account_of = platform_account,
    .control = meta_control,
    .truth = meta_truth,
    .close = platform_close,
};
