/* SPDX-License-Identifier: MIT */
/* The transport over libcurl against server.mjs, a real server of another process, over real TLS. */
#ifndef ADSYNC_TEST_SERVED_H
#define ADSYNC_TEST_SERVED_H

#include "http/http.h"

enum { EXCHANGES = 64 };
#define URL(path) "https://api.example.test" path

typedef struct answer {
    bool ended, failed, sent;
    uint32_t status;
    char words[256], headers[4096], *body;
    size_t size;
    adsync__buffer kept; /* whose body it is */
} answer;

extern adsync_transport *served;
extern answer answers[EXCHANGES];
extern int64_t n_exchanges;

int served_begin(void **state); /* once: a CA, a certificate for api.example.test, the server */
int served_end(void **state);
int served_open(void **state); /* the transport, which trusts that CA */
int served_open_old(void **state); /* the same to one that speaks HTTP/1.1 only */
int served_open_with(const char *ca_file);
int served_close(void **state);
const char *served_path(const char *name, char *room, size_t size); /* in the folder of ca.pem */
void served_run(const char *command); /* in that folder */

answer *begin(const char *method, const char *url, const char *body, uint32_t once);
void turn(int64_t wait_us);
bool ends(const answer *a); /* within half a minute */
const answer *finish(answer *a);
void counts(int *applied, int *sessions, int *sockets);

#endif
