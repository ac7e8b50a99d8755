/* SPDX-License-Identifier: MIT */
#include "platform.h"

#include <strings.h>

static char *manifest_text(adsync_manifest *manifest, const char *text)
{
    char *copy = adsync__arena_copy(&manifest->arena, text, strlen(text));

    if (!copy) manifest->failed = ADSYNC_E_MEMORY;
    return copy;
}

/* Room for one more in a list; lists are short and grow by being copied within the arena. */
static void *manifest_more(adsync_manifest *manifest, void *list, uint32_t n, uint32_t *room, size_t size)
{
    uint32_t wanted = *room ? *room * 2 : 16;
    char *grown;

    if (manifest->failed) return NULL;
    if (n < *room) return list;
    if (!(grown = adsync__arena_take(&manifest->arena, wanted * size))) {
        manifest->failed = ADSYNC_E_MEMORY;
        return NULL;
    }
    if (n) memcpy(grown, list, n * size);
    *room = wanted;
    return grown;
}

void adsync_manifest_host(adsync_manifest *out, const char *id, const char *name, uint32_t flags)
{
    adsync__host_entry *list = manifest_more(out, out->hosts, out->n_hosts, &out->room_hosts, sizeof *list);

    if (!list) return;
    out->hosts = list;
    list[out->n_hosts++] = (adsync__host_entry){ manifest_text(out, id), manifest_text(out, name), flags };
}

void adsync_manifest_supports(adsync_manifest *out, uint32_t task, uint32_t kind)
{
    adsync__support *list = manifest_more(out, out->supports, out->n_supports, &out->room_supports, sizeof *list);

    if (!list) return;
    out->supports = list;
    list[out->n_supports++] = (adsync__support){ task, kind };
}

void adsync_manifest_setting(adsync_manifest *out, const char *name, const char *value)
{
    adsync__setting *list = manifest_more(out, out->settings, out->n_settings, &out->room_settings, sizeof *list);

    if (!list) return;
    out->settings = list;
    list[out->n_settings++] = (adsync__setting){ manifest_text(out, name), manifest_text(out, value) };
}

void adsync_manifest_window(adsync_manifest *out, const char *limit, uint32_t scope, const adsync_window *window)
{
    adsync__limit_class *list = manifest_more(out, out->limits, out->n_limits, &out->room_limits, sizeof *list);

    if (!list) return;
    out->limits = list;
    list[out->n_limits++] = (adsync__limit_class){ manifest_text(out, limit), scope, *window };
}

void adsync__manifest_free(adsync_manifest *manifest)
{
    adsync__arena_free(&manifest->arena);
    *manifest = (adsync_manifest){ 0 };
}

const adsync__host_entry *adsync__manifest_host(const adsync_manifest *manifest, const char *id)
{
    for (uint32_t i = 0; i < manifest->n_hosts; i++)
        if (!strcmp(manifest->hosts[i].id, id)) return &manifest->hosts[i];
    return NULL;
}

const adsync__host_entry *adsync__manifest_host_named(const adsync_manifest *manifest, const char *name, size_t size)
{
    for (uint32_t i = 0; i < manifest->n_hosts; i++)
        if (strlen(manifest->hosts[i].name) == size && !strncasecmp(manifest->hosts[i].name, name, size)) return &manifest->hosts[i];
    return NULL;
}

const char *adsync__manifest_setting(const adsync_manifest *manifest, const char *name)
{
    for (uint32_t i = manifest->n_settings; i > 0; i--) /* the later one stands */
        if (!strcmp(manifest->settings[i - 1].name, name)) return manifest->settings[i - 1].value;
    return NULL;
}

bool adsync__manifest_supports(const adsync_manifest *manifest, uint32_t task, uint32_t kind)
{
    for (uint32_t i = 0; i < manifest->n_supports; i++)
        if (manifest->supports[i].task == task && manifest->supports[i].kind == kind) return true;
    return false;
}
