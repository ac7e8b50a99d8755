// SPDX-License-Identifier: MIT

// Package adsync keeps ad accounts of Meta, Google, TikTok, LinkedIn, X and Snapchat connected and synced: libadsync in Go.
//
// The names follow the C library's, so that its documentation serves here too: adsync_job_wait(engine, ..) is engine.JobWait, and
// ADSYNC_C_SPEND is ColSpend. examples/quickstart is the shortest useful program:
//
//	store, err := sqlite.Open("ads.db", sqlite.Options{})
//	keys, err := adsync.OpenKeyFile("ads.keys")
//	engine, err := adsync.OpenEngine(adsync.EngineOptions{Storage: store, Keys: keys})
//	err = engine.AppAdd(ctx, "meta", clientID, clientSecret, adsync.AppOptions{})
//	grant, err := engine.GrantAdd(ctx, "my-company", "meta", token, adsync.GrantOptions{})
//	connection, err := engine.ConnectionAdd(ctx, "my-company", grant, "act_123456", adsync.ConnectionOptions{})
//	job, _, err := engine.JobEnqueue(ctx, "my-company", connection, adsync.JobOptions{Mode: adsync.SyncBackfill, Days: 90})
//	_, _, err = engine.JobWait(ctx, "my-company", job)
//	rows, err := engine.MetricsQuery(ctx, "my-company", adsync.MetricsOptions{Connection: connection, GroupBy: adsync.ByDay})
//	for rows.Next() {
//		fmt.Println(rows.Day(adsync.ColDay), rows.Money(adsync.ColSpend))
//	}
//
// # Building
//
// The package finds the installed library by pkg-config ("adsync"); adapters are packages of their own, adsync/sqlite and
// adsync/postgres, so that a program links what it uses.
//
// # Contexts
//
// Calls that wait for a platform wait as long as their context does. When it ends first they answer at once with an error that is both
// the context's and StatusPending: what was begun goes on and is stored. Callbacks are given no context.
//
// # Goroutines
//
// Everything here may be used by many goroutines. What belongs together (a Store and the Engine, Vault or Limiter on it) takes turns; for
// work at once open several of each. A call from inside a callback of the same handle answers ErrBusy.
//
// # Errors
//
// A failed call gives an *Error. errors.Is compares its class with ErrAuth, ErrNotFound and so on; errors.Is and errors.As also find the
// error that a Storage, Connector or KeyService of yours failed with, a PanicError where it panicked. A callback must not call
// runtime.Goexit (a test's FailNow does): nothing may leave C but by returning.
package adsync
