// SPDX-License-Identifier: MIT

// Connects an ad account with a token that you have, syncs 90 days into SQLite, prints what was spent a day.
//
//	(umask 077; printf 'k1:%s\n' "$(openssl rand -base64 32)" >ads.keys)
//	ADSYNC_TOKEN=.. go run ./examples/quickstart meta act_123456
//
// Run it as often as you like: nothing is stored twice. ADSYNC_CLIENT_ID and _CLIENT_SECRET are those of the app that the token was made
// for. ADSYNC_CONNECT_TO (HOST:PORT) and ADSYNC_CA lead to a simulator.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"adsync"
	"adsync/sqlite"
)

const org = "my-company" // whose data this is: one store keeps any number of them apart

func open() (engine *adsync.Engine, err error) {
	options := adsync.EngineOptions{}
	if options.Storage, err = sqlite.Open("ads.db", sqlite.Options{}); err != nil {
		return nil, err
	}
	defer options.Storage.Close() // the engine keeps alive what it uses
	if options.Keys, err = adsync.OpenKeyFile("ads.keys"); err != nil {
		return nil, err
	}
	defer options.Keys.Close()
	network := adsync.CurlOptions{ConnectTo: os.Getenv("ADSYNC_CONNECT_TO"), CAFile: os.Getenv("ADSYNC_CA")}
	if options.Transport, err = adsync.OpenCurl(network); err != nil {
		return nil, err
	}
	defer options.Transport.Close()
	return adsync.OpenEngine(options)
}

func syncAndPrint(ctx context.Context, engine *adsync.Engine, platform, account string) error {
	err := engine.AppAdd(ctx, platform, os.Getenv("ADSYNC_CLIENT_ID"), os.Getenv("ADSYNC_CLIENT_SECRET"), adsync.AppOptions{})
	if err != nil {
		return err
	}
	grant, err := engine.GrantAdd(ctx, org, platform, os.Getenv("ADSYNC_TOKEN"), adsync.GrantOptions{})
	if err != nil {
		return err
	}
	connection, err := engine.ConnectionAdd(ctx, org, grant, account, adsync.ConnectionOptions{})
	if err != nil {
		return err
	}
	job, _, err := engine.JobEnqueue(ctx, org, connection, adsync.JobOptions{Mode: adsync.SyncBackfill, Days: 90})
	if err != nil {
		return err
	}
	patient, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if _, _, err = engine.JobWait(patient, org, job); errors.Is(err, adsync.StatusPending) {
		fmt.Println("still going on; what is here so far:")
	} else if err != nil {
		return err
	}
	rows, err := engine.MetricsQuery(ctx, org, adsync.MetricsOptions{Connection: connection, GroupBy: adsync.ByDay})
	if err != nil {
		return err
	}
	for rows.Next() {
		fmt.Printf("%s  %16s  %10d impressions  %8d clicks\n", rows.Day(adsync.ColDay), rows.Money(adsync.ColSpend),
			rows.Int(adsync.ColImpressions), rows.Int(adsync.ColClicks))
	}
	return nil
}

func main() {
	if len(os.Args) != 3 || os.Getenv("ADSYNC_TOKEN") == "" {
		fmt.Fprintf(os.Stderr, "usage: ADSYNC_TOKEN=.. %s PLATFORM ACCOUNT\n", os.Args[0])
		os.Exit(2)
	}
	engine, err := open()
	if err == nil {
		err = syncAndPrint(context.Background(), engine, os.Args[1], os.Args[2])
		engine.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
