// SPDX-License-Identifier: MIT

package lantern_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"adsync"
	"adsync/examples/lantern"
)

var ctx = context.Background()

func (a *account) sync(t *testing.T, options adsync.JobOptions) (*adsync.Rows, adsync.Status, error) {
	t.Helper()
	job, _, err := a.JobEnqueue(ctx, org, a.connection, options)
	must(t, err)
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return a.JobWait(limited, org, job)
}

func TestASeventhPlatformWrittenInGoSyncs(t *testing.T) {
	s := newServer(t)
	a := connect(t, s, lantern.Connector{})
	row, status, err := a.sync(t, adsync.JobOptions{Mode: adsync.SyncBackfill, FromDay: 20260101, ToDay: 20260331})
	if err != nil || status != adsync.StatusOK {
		t.Fatalf("%v %v", status, err)
	}
	if !row.Next() || row.Text(adsync.ColState) != "succeeded" {
		t.Errorf("the job is %q", row.Text(adsync.ColState))
	}
	campaigns, err := a.EntityList(ctx, org, a.connection, adsync.KindCampaign, adsync.EntityOptions{})
	must(t, err)
	var names []string
	for campaigns.Next() {
		names = append(names, campaigns.Text(adsync.ColName))
	}
	if len(names) != 7 || names[6] != "Campaign 7 \u00e9" {
		t.Errorf("campaigns: %q", names)
	}
	days, err := a.MetricsQuery(ctx, org, adsync.MetricsOptions{Connection: a.connection, GroupBy: adsync.ByDay, Level: adsync.KindCampaign})
	must(t, err)
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for ; days.Next(); day = day.AddDate(0, 0, 1) {
		if days.Day(adsync.ColDay) != adsync.DayOf(day) || days.Money(adsync.ColSpend) != "29.75 EUR" || days.Int(adsync.ColClicks) != 28 {
			t.Fatalf("%v: %s", day, days.Text(adsync.ColDay)+" "+days.Money(adsync.ColSpend))
		}
	}
	if day.Format("2006-01-02") != "2026-04-01" {
		t.Errorf("the days end before %v", day)
	}
	a.proveSecrecy(t, s)
}

// proveSecrecy: calls are in the audit, and the token is nowhere but in the requests' header (P3).
func (a *account) proveSecrecy(t *testing.T, s *server) {
	t.Helper()
	calls, err := a.AuditList(ctx, org, a.connection, time.Time{}, 1000)
	must(t, err)
	if asked := s.requests(); calls.Len() != len(asked) || len(asked) < 3 {
		t.Errorf("%d calls in the audit, %d were made", calls.Len(), len(asked))
	}
	text, err := calls.JSON()
	must(t, err)
	if strings.Contains(string(text)+strings.Join(s.requests(), " ")+a.log.String(), token) {
		t.Error("the token stands in audit, URL or log")
	}
}

func TestAConnectionIsSyncedByItselfOnceItMay(t *testing.T) {
	a := connect(t, newServer(t), lantern.Connector{})
	must(t, a.ConnectionSet(ctx, org, a.connection, adsync.ConnectionSettings{Flags: adsync.ConnectionAuto, FrequencyMinutes: 30, TimeframeDays: 20}))
	rows, err := a.ScheduleList(ctx, org, a.connection)
	must(t, err)
	due := 0
	for rows.Next() {
		if !rows.Time(adsync.ColDueUs).IsZero() {
			due++
		}
	}
	must(t, rows.Close())
	if due != 7 {
		t.Fatalf("%d of 7 rhythms are due", due)
	}
	health, err := a.HealthList(ctx, org, a.connection)
	must(t, err)
	if !health.Next() || health.Text(adsync.ColState) != "pending" {
		t.Fatalf("it is %q", health.Text(adsync.ColState))
	}
	if counts, err := a.HealthCount(ctx, org); err != nil || counts.Len() != 1 {
		t.Fatalf("%v", err)
	}
	if statistics, err := a.HealthStatistics(ctx, org, 0, time.Unix(0, 0), time.Time{}); err != nil || statistics.Len() != 0 {
		t.Fatalf("%v", err)
	}
	if err := a.ConnectionSet(ctx, org, a.connection, adsync.ConnectionSettings{FrequencyMinutes: 1}); err == nil {
		t.Fatal("every minute is too often")
	}
}

func TestDiscoveryAndWrongTokens(t *testing.T) {
	s := newServer(t)
	a := connect(t, s, lantern.Connector{})
	accounts, err := a.GrantAccounts(ctx, org, a.grant)
	must(t, err)
	if !accounts.Next() || accounts.Text(adsync.ColAccountID) != "7" || accounts.Text(adsync.ColCurrency) != "EUR" {
		t.Errorf("accounts: %q", accounts.Text(adsync.ColAccountID))
	}
	wrong, err := a.GrantAdd(ctx, "another", "lantern", "no-token", adsync.GrantOptions{})
	must(t, err)
	if _, err = a.GrantAccounts(ctx, "another", wrong); !errors.Is(err, adsync.ErrAuth) || !strings.Contains(err.Error(), "who are you") {
		t.Errorf("a wrong token: %v", err)
	}
	if _, err = a.GrantAccounts(ctx, org, 9999); !errors.Is(err, adsync.ErrNotFound) {
		t.Errorf("no such grant: %v", err)
	}
	if _, err = a.GrantAdd(ctx, "nul\x00l", "lantern", "t", adsync.GrantOptions{}); !errors.Is(err, adsync.ErrInvalid) {
		t.Errorf("a NUL: %v", err)
	}
}

func TestAContextEndsAWaitAndTheWorkGoesOn(t *testing.T) {
	s := newServer(t)
	a := connect(t, s, lantern.Connector{})
	hold := make(chan struct{})
	s.set(hold)
	job, _, err := a.JobEnqueue(ctx, org, a.connection, adsync.JobOptions{FromDay: 20260101, ToDay: 20260110})
	must(t, err)
	soon, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, _, err = a.JobWait(soon, org, job); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, adsync.StatusPending) {
		t.Errorf("a deadline: %v", err)
	}
	cancelled, stop := context.WithCancel(ctx)
	time.AfterFunc(100*time.Millisecond, stop)
	if _, err = a.GrantAccounts(cancelled, org, a.grant); !errors.Is(err, context.Canceled) || !errors.Is(err, adsync.StatusPending) {
		t.Errorf("a cancelled call: %v", err)
	}
	if _, err = a.GrantAccounts(cancelled, org, a.grant); !errors.Is(err, context.Canceled) || errors.Is(err, adsync.StatusPending) {
		t.Errorf("a call with a context that ended before: %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	s.set(nil)
	close(hold)
	limited, end := context.WithTimeout(ctx, time.Minute)
	defer end()
	if _, status, err := a.JobWait(limited, org, job); err != nil || status != adsync.StatusOK {
		t.Errorf("the same job: %v %v", status, err)
	}
}

// panicky is a connector with a fault.
type panicky struct{ lantern.Connector }

func (panicky) Response(*adsync.Task, *adsync.Response, *adsync.Outcome) error {
	panic("a fault in a connector")
}

func TestAFaultyConnectorFailsItsJobAndNothingElse(t *testing.T) {
	s := newServer(t)
	a := connect(t, s, panicky{})
	if _, err := a.GrantAccounts(ctx, org, a.grant); err == nil || !strings.Contains(err.Error(), "a fault in a connector") {
		t.Errorf("a panic: %v", err)
	}
	s.spoil()
	b := connect(t, s, lantern.Connector{})
	job, _, err := b.JobEnqueue(ctx, org, b.connection, adsync.JobOptions{Data: adsync.DataMetrics, FromDay: 20260101, ToDay: 20260101})
	must(t, err)
	limited, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	row, status, err := b.JobWait(limited, org, job)
	row.Next()
	if message := row.Text(adsync.ColMessage); status != adsync.StatusPending || !strings.Contains(message, `the amount "much"`) {
		t.Errorf("%v %v: the job, which is tried again later, says %q", status, err, message)
	}
}

func TestAnEngineServesManyGoroutinesWhileItRuns(t *testing.T) {
	s := newServer(t)
	a := connect(t, s, lantern.Connector{})
	running, stop := context.WithCancel(ctx)
	var group, loop sync.WaitGroup
	loop.Add(1)
	go func() {
		defer loop.Done()
		if err := a.Run(running); !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	}()
	job, _, err := a.JobEnqueue(ctx, org, a.connection, adsync.JobOptions{FromDay: 20260101, ToDay: 20260110})
	must(t, err)
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := 0; n < 5; n++ {
				rows, err := a.ConnectionList(ctx, org, 0)
				if err != nil || rows.Len() != 1 {
					t.Errorf("%v", err)
				}
				rows.Close()
			}
		}()
	}
	group.Wait()
	for state, until := "", time.Now().Add(time.Minute); state != "succeeded" && time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		row, err := a.JobList(ctx, org, 0, job, 0)
		must(t, err)
		row.Next()
		state = row.Text(adsync.ColState)
	}
	stop()
	loop.Wait()
	if rows, err := a.EntityList(ctx, org, a.connection, adsync.KindCampaign, adsync.EntityOptions{}); err != nil || rows.Len() != 7 {
		t.Errorf("campaigns after Run: %v %v", rows.Len(), err)
	}
}
