/* SPDX-License-Identifier: MIT */
/* The bytes of one answer: whole, compressed, cut, stalled, padded, or with a length that lies. */
#include "core_http.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#define PAD_BLOCK 65536

static uint64_t http_total(const http_call *call)
{
    const sim_answer *answer = &call->answer;

    return answer->body.size + (answer->pad ? (uint64_t)answer->pad + strlen(answer->pad_end) : 0);
}

/* body, then pad letters, then pad_end; ends early where the answer is to be cut */
static ssize_t http_read(void *user, uint64_t at, char *out, size_t max)
{
    http_call *call = user;
    const sim_answer *answer = &call->answer;
    uint64_t end = http_total(call);
    size_t size = 0;

    if (answer->cut_at >= 0 && !call->stalled) {
        if (at >= (uint64_t)answer->cut_at) {
            if (!answer->stall_ms) return MHD_CONTENT_READER_END_WITH_ERROR;
            call->stalled = true;
            http_wait(call, answer->stall_ms);
            return 0;
        }
        if (end > (uint64_t)answer->cut_at) end = (uint64_t)answer->cut_at;
    }
    for (; size < max && at < end; at++, size++) {
        if (at < answer->body.size)
            out[size] = answer->body.p[at];
        else if (at < answer->body.size + (uint64_t)answer->pad)
            out[size] = 'a';
        else
            out[size] = answer->pad_end[at - answer->body.size - (uint64_t)answer->pad];
    }
    return size ? (ssize_t)size : MHD_CONTENT_READER_END_OF_STREAM;
}

void sim_gzip(sim_text *out, const void *p, size_t size, int level)
{
    z_stream z = { 0 };
    uLong bound;

    if (deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return;
    bound = deflateBound(&z, size);
    out->p = sim_need(malloc(bound + 1));
    out->room = bound + 1;
    z.next_in = (z_const Bytef *)p;
    z.avail_in = (uInt)size;
    z.next_out = (Bytef *)out->p;
    z.avail_out = (uInt)bound;
    (void)deflate(&z, Z_FINISH);
    out->size = z.total_out;
    (void)deflateEnd(&z);
}

void http_gzip(http_call *call)
{
    sim_answer *answer = &call->answer;
    const char *accepts = sim_header(&call->request, "Accept-Encoding");
    sim_text out = { 0 };

    if (!call->sim->options.gzip || !accepts || !strstr(accepts, "gzip") || answer->body.size < 200 || answer->pad) return;
    sim_gzip(&out, answer->body.p, answer->body.size, (int)call->sim->options.gzip);
    sim_free(&answer->body);
    answer->body = out;
    sim_answer_header(answer, "Content-Encoding", "gzip");
}

static void http_headers(http_call *call, struct MHD_Response *response)
{
    char date[40];

    sim_http_date(date, sim_now(call->sim));
    (void)MHD_add_response_header(response, "Date", date);
    if (call->answer.type) (void)MHD_add_response_header(response, "Content-Type", call->answer.type);
    for (char *line = call->answer.headers.p; line && *line;) {
        char *end = strchr(line, '\n'), *colon = strstr(line, ": ");

        *end = *colon = 0;
        (void)MHD_add_response_header(response, line, colon + 2);
        line = end + 1;
    }
}

enum MHD_Result http_send(http_call *call)
{
    sim_answer *answer = &call->answer;
    uint64_t total = http_total(call);
    struct MHD_Response *response;
    enum MHD_Result rc;
    char length[32];

    if (answer->drop) return MHD_NO; /* the connection ends without a word */
    if (answer->cut_at < 0 && !answer->pad && !answer->chunked) {
        response = MHD_create_response_from_buffer(answer->body.size, answer->body.p, MHD_RESPMEM_PERSISTENT);
    } else {
        response = MHD_create_response_from_callback(answer->chunked ? MHD_SIZE_UNKNOWN : total, PAD_BLOCK, http_read, call, NULL);
    }
    http_headers(call, response);
    if (answer->length_delta) {
        (void)MHD_set_response_options(response, MHD_RF_INSANITY_HEADER_CONTENT_LENGTH, MHD_RO_END);
        (void)snprintf(length, sizeof length, "%lld", (long long)total + (long long)answer->length_delta);
        (void)MHD_add_response_header(response, "Content-Length", length);
        (void)MHD_add_response_header(response, "Connection", "close"); /* so that a longer promise ends */
    }
    call->sim->stats.bytes_out += (int64_t)total;
    rc = MHD_queue_response(call->connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return rc;
}
