/* SPDX-License-Identifier: MIT */
#include "http.h"

struct adsync_transport {
    adsync__guard guard;
    adsync_transport_ops ops;
};

static adsync_status transport_check(const adsync_transport_ops *ops, adsync_error **error)
{
    const struct {
        const char *name;
        bool there;
    } slots[] = {
        { "start", ops->start != NULL },
        { "poll", ops->poll != NULL },
        { "cancel", ops->cancel != NULL },
        { "close", ops->close != NULL },
        { "timeout_us (needed with fd)", !ops->fd || ops->timeout_us },
    };

    if (ops->flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_transport_ops: unknown flags");
    for (size_t i = 0; i < ADSYNC__COUNT(slots); i++)
        if (!slots[i].there)
            return adsync__fail(error, ADSYNC_E_INVALID, "transport.slot", "adsync_transport_ops: the slot %s is not set", slots[i].name);
    return ADSYNC_OK;
}

adsync_status adsync_transport_new(const adsync_transport_ops *ops, adsync_transport **out, adsync_error **error)
{
    adsync_transport_ops mine = { 0 };
    adsync_transport *made;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = adsync__check_struct(ops, offsetof(adsync_transport_ops, fd), sizeof mine, "adsync_transport_ops", error)) < 0) return rc;
    memcpy(&mine, ops, ops->size < sizeof mine ? ops->size : sizeof mine);
    if ((rc = transport_check(&mine, error)) < 0) return rc;
    if (!(made = adsync__alloc_zero(1, sizeof *made))) return adsync__fail_memory(error);
    made->ops = mine;
    adsync__guard_begin(&made->guard);
    *out = made;
    return ADSYNC_OK;
}

void adsync_transport_free(adsync_transport *transport)
{
    if (!transport || !adsync__guard_drop(&transport->guard)) return;
    transport->ops.close(transport->ops.user);
    adsync__free(transport);
}

void adsync__transport_keep(adsync_transport *transport) { adsync__guard_keep(&transport->guard); }

adsync_status adsync__transport_start(adsync_transport *transport, int64_t id, const adsync_message *message, adsync_error **error)
{
    adsync_status rc = transport->ops.start(transport->ops.user, id, message, error);

    if (rc >= 0) return ADSYNC_OK;
    if (error && !*error) return adsync__fail(error, ADSYNC_E_TRANSIENT, "transport.start", "the transport would not send the request");
    return rc;
}

adsync_status adsync__transport_poll(adsync_transport *transport, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error)
{
    adsync_status rc = transport->ops.poll(transport->ops.user, max_wait_us, ended, error);

    if (rc >= 0) return ADSYNC_OK;
    if (error && !*error) return adsync__fail(error, ADSYNC_E_TRANSIENT, "transport.poll", "the transport failed");
    return rc;
}

void adsync__transport_cancel(adsync_transport *transport, int64_t id) { transport->ops.cancel(transport->ops.user, id); }
int32_t adsync__transport_fd(adsync_transport *transport) { return transport->ops.fd ? transport->ops.fd(transport->ops.user) : -1; }

int64_t adsync__transport_timeout_us(adsync_transport *transport)
{
    return transport->ops.timeout_us ? transport->ops.timeout_us(transport->ops.user) : -1;
}

void adsync__transport_wake(adsync_transport *transport)
{
    if (transport->ops.wake) transport->ops.wake(transport->ops.user);
}

const char *adsync_message_method(const adsync_message *message) { return message->method; }
const char *adsync_message_url(const adsync_message *message) { return message->url; }
const char *adsync_message_headers(const adsync_message *message) { return message->headers; }
int64_t adsync_message_timeout_us(const adsync_message *message) { return message->timeout_us; }
size_t adsync_message_max_bytes(const adsync_message *message) { return message->max_bytes; }
uint32_t adsync_message_once(const adsync_message *message) { return message->once != 0; }

const void *adsync_message_body(const adsync_message *message, size_t *size)
{
    if (size) *size = message->body_size;
    return message->body;
}

bool adsync__body_pad(adsync__buffer *body)
{
    static const char zeros[ADSYNC__BODY_PADDING];
    size_t size = body->size;

    body->max += ADSYNC__BODY_PADDING;
    adsync__buffer_add(body, zeros, sizeof zeros);
    body->size = size;
    return !body->failed;
}

adsync_status adsync__exchange_give(adsync_exchange *exchange, int64_t id, uint32_t http_status, const char *headers, adsync__buffer *body)
{
    adsync__ended ended = { .id = id, .http_status = http_status, .headers = headers ? headers : "", .body = body };

    if (!adsync__body_pad(body)) return ADSYNC_E_MEMORY;
    return exchange->hook(exchange->user, &ended) ? ADSYNC_OK : ADSYNC_E_INVALID;
}

adsync_status adsync_exchange_done(adsync_exchange *ended, int64_t id, uint32_t http_status, const char *headers, const void *body,
                                   size_t size)
{
    adsync__buffer copy;
    adsync_status rc;

    if (!ended || (!body && size)) return ADSYNC_E_INVALID;
    adsync__buffer_begin(&copy, size);
    adsync__buffer_add(&copy, body, size);
    rc = adsync__exchange_give(ended, id, http_status, headers, &copy);
    adsync__buffer_free(&copy);
    return rc;
}

adsync_status adsync_exchange_failed(adsync_exchange *ended, int64_t id, uint32_t sent, const char *message)
{
    adsync__ended how = { .id = id, .failed = 1, .sent = sent < 2 ? sent : 2, .headers = "" };

    how.words = message ? message : "no answer came";
    if (!ended) return ADSYNC_E_INVALID;
    return ended->hook(ended->user, &how) ? ADSYNC_OK : ADSYNC_E_INVALID;
}
