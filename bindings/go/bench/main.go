// SPDX-License-Identifier: MIT

// One sync from Go, for test/bench/bindings.py to hold against the same in C:
//
//	bench FOLDER DAYS STORE      STORE: sqlite, memory, or own: a storage in Go
//
// Prints the seconds of CPU and the seconds that passed, from opening the store to the end of the sync, and where the store is no file
// how many rows of figures there are.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"adsync"
	"adsync/examples/mapstore"
	"adsync/sqlite"
)

const org = "bench"

var ctx = context.Background()

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func cpu() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func open(folder, name string) (*adsync.Store, error) {
	switch name {
	case "memory":
		return adsync.OpenMemory(nil)
	case "own":
		way, err := mapstore.New().Open()
		must(err)
		return adsync.NewStorage(way, adsync.StorageOptions{Flags: mapstore.Flags})
	}
	return sqlite.Open(filepath.Join(folder, "ads.db"), sqlite.Options{})
}

func syncDays(folder string, days int, name string) *adsync.Engine {
	store, err := open(folder, name)
	must(err)
	keys, err := adsync.OpenKeyFile(filepath.Join(folder, "ads.keys"))
	must(err)
	network, err := adsync.OpenCurl(adsync.CurlOptions{Flags: adsync.CurlPlain, ConnectTo: os.Getenv("ADSYNC_CONNECT_TO")})
	must(err)
	engine, err := adsync.OpenEngine(adsync.EngineOptions{Storage: store, Keys: keys, Transport: network})
	must(err)
	must(engine.AppAdd(ctx, "meta", "", "", adsync.AppOptions{}))
	grant, err := engine.GrantAdd(ctx, org, "meta", os.Getenv("ADSYNC_TOKEN"), adsync.GrantOptions{})
	must(err)
	connection, err := engine.ConnectionAdd(ctx, org, grant, os.Getenv("ADSYNC_ACCOUNT"), adsync.ConnectionOptions{Flags: adsync.ConnectionManual})
	must(err)
	job, _, err := engine.JobEnqueue(ctx, org, connection, adsync.JobOptions{Mode: adsync.SyncBackfill, Days: days})
	must(err)
	_, _, err = engine.JobWait(ctx, org, job)
	must(err)
	return engine
}

func main() {
	if len(os.Args) != 4 {
		os.Exit(2)
	}
	days, err := strconv.Atoi(os.Args[2])
	must(err)
	used, began := cpu(), time.Now()
	engine := syncDays(os.Args[1], days, os.Args[3])
	used, took := cpu()-used, time.Since(began)
	fmt.Print(used.Seconds(), " ", took.Seconds())
	defer engine.Close()
	if os.Args[3] == "sqlite" {
		return
	}
	rows := int64(0)
	for level := adsync.KindAccount; level <= adsync.KindAd; level++ {
		all, err := engine.MetricsQuery(ctx, org, adsync.MetricsOptions{Level: level})
		must(err)
		for all.Next() {
			rows += all.Int(adsync.ColRows)
		}
	}
	fmt.Print(" ", rows)
}
