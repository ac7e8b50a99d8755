/* SPDX-License-Identifier: MIT */
/* Connects an ad account with a token that you have, syncs 90 days into SQLite, prints what was spent a day.
 *
 *     (umask 077; printf 'k1:%s\n' "$(openssl rand -base64 32)" >ads.keys)
 *     ADSYNC_TOKEN=.. ./quickstart meta act_123456
 *
 * Run it as often as you like: nothing is stored twice. ADSYNC_CLIENT_ID and _CLIENT_SECRET are those of the app that the token was
 * made for. ADSYNC_CONNECT_TO (HOST:PORT) and ADSYNC_CA lead to a simulator. */
#include <adsync/adsync.h>
#include <adsync/sqlite.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *org = "my-company"; /* whose data this is: one store keeps any number of them apart */

static void print_day(adsync_rows *rows)
{
    char spend[64];

    (void)adsync_money_text(adsync_rows_int(rows, ADSYNC_C_SPEND), adsync_rows_text(rows, ADSYNC_C_CURRENCY), spend, sizeof spend);
    printf("%s  %16s  %10" PRId64 " impressions  %8" PRId64 " clicks\n", adsync_rows_text(rows, ADSYNC_C_DAY), spend,
           adsync_rows_int(rows, ADSYNC_C_IMPRESSIONS), adsync_rows_int(rows, ADSYNC_C_CLICKS));
}

static adsync_status sync_and_print(adsync_engine *engine, const char *platform, const char *account, adsync_error **error)
{
    adsync_job_options ninety_days = { .size = sizeof ninety_days, .mode = ADSYNC_SYNC_BACKFILL, .days = 90 };
    adsync_call patient = { .size = sizeof patient, .wait_us = INT64_C(600000000) };
    adsync_metrics_options by_day = { .size = sizeof by_day, .group_by = ADSYNC_BY_DAY };
    adsync_rows *rows = NULL;
    int64_t grant, job;
    adsync_status rc;

    if ((rc = adsync_grant_add(engine, org, platform, getenv("ADSYNC_TOKEN"), NULL, &grant, error)) < 0) return rc;
    if ((rc = adsync_connection_add(engine, org, grant, account, NULL, &by_day.connection, error)) < 0) return rc;
    if ((rc = adsync_job_enqueue(engine, org, by_day.connection, &ninety_days, &job, error)) < 0) return rc;
    if ((rc = adsync_job_wait(engine, org, job, &patient, NULL, error)) < 0) return rc;
    if (rc == ADSYNC_PENDING) puts("still going on; what is here so far:");

    if ((rc = adsync_metrics_query(engine, org, &by_day, &rows, error)) < 0) return rc;
    while ((rc = adsync_rows_next(rows, error)) == ADSYNC_ROW) print_day(rows);
    adsync_rows_free(rows);
    return rc;
}

int main(int argc, char **argv)
{
    adsync_curl_options network = { .size = sizeof network, .connect_to = getenv("ADSYNC_CONNECT_TO"), .ca_file = getenv("ADSYNC_CA") };
    adsync_engine_options options = { .size = sizeof options };
    adsync_engine *engine = NULL;
    adsync_error *error = NULL;
    adsync_status rc;

    if (argc != 3 || !getenv("ADSYNC_TOKEN")) {
        fprintf(stderr, "usage: ADSYNC_TOKEN=.. %s PLATFORM ACCOUNT\n", argv[0]);
        return 2;
    }
    if ((rc = adsync_sqlite_open("ads.db", NULL, &options.storage, &error)) < 0) goto done;
    if ((rc = adsync_keys_open_file("ads.keys", &options.keys, &error)) < 0) goto done;
    if ((rc = adsync_curl_open(&network, &options.transport, &error)) < 0) goto done;
    if ((rc = adsync_engine_open(&options, &engine, &error)) < 0) goto done;
    if ((rc = adsync_app_add(engine, argv[1], getenv("ADSYNC_CLIENT_ID"), getenv("ADSYNC_CLIENT_SECRET"), NULL, &error)) < 0) goto done;
    rc = sync_and_print(engine, argv[1], argv[2], &error);
done:
    if (rc < 0) fprintf(stderr, "%s: %s\n", adsync_error_name(error), adsync_error_message(error));
    adsync_engine_free(engine);
    adsync_transport_free(options.transport);
    adsync_keys_free(options.keys);
    adsync_storage_free(options.storage);
    adsync_error_free(error);
    return rc < 0;
}
