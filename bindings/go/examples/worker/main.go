// SPDX-License-Identifier: MIT

// A worker: asks for what is due of all connections every so often, works on it, prints what ended. SIGTERM or SIGINT ends it after its
// turn; started again, it goes on where it was. Any number of workers may run on one store.
//
//	go run ./examples/worker ads.db ads.keys my-company meta 1h
//
// ADSYNC_CLIENT_ID and _CLIENT_SECRET are the app's; ADSYNC_CONNECT_TO and ADSYNC_CA lead to a simulator.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"adsync"
	"adsync/sqlite"
)

type worker struct {
	*adsync.Engine
	org string
}

func open(file, keyFile, org, platform string) (*worker, error) {
	store, err := sqlite.Open(file, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	keys, err := adsync.OpenKeyFile(keyFile)
	if err != nil {
		return nil, err
	}
	network, err := adsync.OpenCurl(adsync.CurlOptions{ConnectTo: os.Getenv("ADSYNC_CONNECT_TO"), CAFile: os.Getenv("ADSYNC_CA")})
	if err != nil {
		return nil, err
	}
	logger := adsync.StandardLogger(log.New(os.Stderr, "", log.LstdFlags), adsync.LogWarn)
	engine, err := adsync.OpenEngine(adsync.EngineOptions{Storage: store, Keys: keys, Transport: network, Host: &adsync.Host{Logger: logger}})
	if err != nil {
		return nil, err
	}
	err = engine.AppAdd(context.Background(), platform, os.Getenv("ADSYNC_CLIENT_ID"), os.Getenv("ADSYNC_CLIENT_SECRET"), adsync.AppOptions{})
	return &worker{engine, org}, err
}

// ask asks for a sync of each connection. What is queued already is not queued twice.
func (w *worker) ask(ctx context.Context) error {
	connections, err := w.ConnectionList(ctx, w.org, 0)
	if err != nil {
		return err
	}
	defer connections.Close()
	for connections.Next() {
		_, _, err := w.JobEnqueue(ctx, w.org, connections.Int(adsync.ColConnection), adsync.JobOptions{})
		if err != nil && !errors.Is(err, adsync.ErrAuth) { // a person has to connect that one again: the others go on
			return err
		}
	}
	return nil
}

func (w *worker) tell(ctx context.Context) error {
	events, err := w.Events(ctx)
	if err != nil {
		return err
	}
	defer events.Close()
	for events.Next() {
		fmt.Println(events.Text(adsync.ColType), events.Int(adsync.ColJob), events.Text(adsync.ColStatus), events.Text(adsync.ColMessage))
	}
	return nil
}

// every calls do at once and then again and again, beside Run: an engine is shared by goroutines.
func every(ctx context.Context, pause time.Duration, do func(context.Context) error) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			log.Print(err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

func main() {
	if len(os.Args) != 6 {
		log.Fatalf("usage: %s STORE KEYS ORG PLATFORM EVERY", os.Args[0])
	}
	pause, err := time.ParseDuration(os.Args[5])
	if err != nil || pause <= 0 {
		log.Fatalf("%q is no time between two syncs, such as 1h", os.Args[5])
	}
	w, err := open(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var beside sync.WaitGroup
	for _, task := range []struct {
		pause time.Duration
		do    func(context.Context) error
	}{{pause, w.ask}, {time.Second, w.tell}} {
		task := task
		beside.Add(1)
		go func() { defer beside.Done(); every(ctx, task.pause, task.do) }()
	}
	err = w.Run(ctx)
	stop()
	beside.Wait()
	w.tell(context.Background())
	w.Close()
	if !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}
