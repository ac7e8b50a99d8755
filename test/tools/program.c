/* SPDX-License-Identifier: MIT */
/* What somebody writes first: used to see that an installed tree and a subproject work. */
#include <adsync/adsync.h>
#ifdef WITH_SQLITE
#include <adsync/sqlite.h>
#endif
#ifdef WITH_POSTGRES
#include <adsync/postgres.h>
#endif
#include <stdio.h>

int main(void)
{
    adsync_error *error = NULL;
    adsync_storage *storage = NULL;
    int64_t org = 0;
    adsync_status status = adsync_memory_open(NULL, &storage, &error);
    adsync_bytes *sql = NULL;

#ifdef WITH_SQLITE
    if (status >= 0) status = adsync_sqlite_ddl(0, NULL, &sql, &error);
    adsync_bytes_free(sql);
    sql = NULL;
#endif
#ifdef WITH_POSTGRES
    if (status >= 0) status = adsync_postgres_ddl(0, NULL, &sql, &error);
#endif
    adsync_bytes_free(sql);
    if (status >= 0) status = adsync_storage_org(storage, "acme", 1, &org, &error);
    adsync_storage_free(storage);
    printf("adsync %u: %s %s\n", (unsigned)adsync_version(), adsync_status_name(status), adsync_error_message(error));
    adsync_error_free(error);
    return status >= 0 && org > 0 ? 0 : 1;
}
