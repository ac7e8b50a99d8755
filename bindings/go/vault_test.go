// SPDX-License-Identifier: MIT

package adsync_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"adsync"
	"adsync/examples/mapstore"
	"adsync/postgres"
	"adsync/sqlite"
)

func keyFile(t *testing.T, mode os.FileMode) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys")
	must(t, os.WriteFile(file, []byte("k1:"+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))+"\n"), mode))
	return file
}

func TestAVaultSealsForOneOrganisationOnly(t *testing.T) {
	store := shelfStore(t, mapstore.New())
	keys, err := adsync.OpenKeyFile(keyFile(t, 0o600))
	must(t, err)
	defer keys.Close()
	vault, err := adsync.OpenVault(store, keys, nil)
	must(t, err)
	defer vault.Close()
	secret := []byte("a\x00secret")
	sealed, err := vault.Seal(ctx, "a", "a token", 3, secret)
	must(t, err)
	if opened, err := vault.Unseal(ctx, "a", "a token", 3, sealed); err != nil || !bytes.Equal(opened, secret) || bytes.Contains(sealed, secret) {
		t.Errorf("%q %v", opened, err)
	}
	if _, err = vault.Unseal(ctx, "a", "a token", 4, sealed); !errors.Is(err, adsync.ErrForged) {
		t.Errorf("another generation: %v", err)
	}
	if _, err = vault.Unseal(ctx, "b", "a token", 3, sealed); err == nil {
		t.Error("it opened for another organisation")
	}
	must(t, vault.Rotate(ctx, "a"))
	if left, err := vault.Rewrap(ctx, 10); err != nil || left != 0 {
		t.Errorf("rewrap: %d %v", left, err)
	}
	_, err = store.Org(ctx, "b", true)
	must(t, err)
	must(t, vault.Forget(ctx, "b"))
	if _, err = vault.Seal(ctx, "b", "a token", 1, secret); !errors.Is(err, adsync.ErrRejected) {
		t.Errorf("sealing for who was forgotten: %v", err)
	}
	if _, err = adsync.OpenKeyFile(keyFile(t, 0o644)); !errors.Is(err, adsync.ErrPermission) {
		t.Errorf("a key file for all to read: %v", err)
	}
}

var errAway = errors.New("the service is away")

// service turns bytes round, for an organisation.
type service struct {
	away   bool
	closed int
}

func (s *service) Wrap(org string, key []byte) ([]byte, error) {
	if s.away {
		return nil, errAway
	}
	return append([]byte(org+":"), turned(key)...), nil
}

func (s *service) Unwrap(org, master string, wrapped []byte) ([]byte, error) {
	if s.away || master != "m1" || !bytes.HasPrefix(wrapped, []byte(org+":")) {
		return nil, errAway
	}
	return turned(wrapped[len(org)+1:]), nil
}

func (s *service) Close() error { s.closed++; return nil }

func turned(p []byte) []byte {
	out := make([]byte, len(p))
	for i := range p {
		out[i] = ^p[i]
	}
	return out
}

func TestAKeyServiceInGoWrapsDataKeys(t *testing.T) {
	kms := &service{}
	keys, err := adsync.NewKeys(kms, "m1")
	must(t, err)
	vault, err := adsync.OpenVault(shelfStore(t, mapstore.New()), keys, nil)
	must(t, err)
	sealed, err := vault.Seal(ctx, "a", "x", 1, []byte("s"))
	must(t, err)
	if opened, err := vault.Unseal(ctx, "a", "x", 1, sealed); err != nil || string(opened) != "s" {
		t.Errorf("%q %v", opened, err)
	}
	kms.away = true
	if _, err = vault.Seal(ctx, "b", "x", 1, []byte("s")); !errors.Is(err, errAway) || !errors.Is(err, adsync.ErrHost) {
		t.Errorf("a service that fails: %v", err)
	}
	must(t, keys.Close())
	if kms.closed != 0 {
		t.Error("closed while a vault uses it")
	}
	must(t, vault.Close())
	if kms.closed != 1 {
		t.Errorf("closed %d times", kms.closed)
	}
}

// clock is a number.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time           { return c.now }
func (c *clock) Monotonic() time.Duration { return c.now.Sub(time.Time{}.AddDate(2000, 0, 0)) }

func TestALimiterOnAClockOfOnesOwn(t *testing.T) {
	c := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	limiter, err := adsync.OpenLimiter(shelfStore(t, mapstore.New()), &adsync.Host{Clock: c})
	must(t, err)
	defer limiter.Close()
	must(t, limiter.Window(ctx, "key", adsync.Window{Align: adsync.WindowRoll, Length: time.Minute, Permits: 10}))
	take := func() time.Duration {
		_, wait, err := limiter.Take(ctx, "a", []string{"key"}, []int{1}, adsync.PriorityInteractive)
		must(t, err)
		return wait
	}
	taken, wait := 0, time.Duration(0)
	for taken <= 10 && wait < 10*time.Second { // short waits are between two looks at the store
		c.now = c.now.Add(wait)
		if wait = take(); wait == 0 {
			taken++
		}
	}
	if taken != 10 || wait > 2*time.Minute {
		t.Errorf("%d were to be had, then wait %v", taken, wait)
	}
	soon, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err = limiter.Wait(soon, "a", []string{"key"}, nil, adsync.PriorityInteractive); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a wait that is too long: %v", err)
	}
	c.now = c.now.Add(wait)
	if wait = take(); wait != 0 {
		t.Errorf("who comes back when told is told to wait %v", wait)
	}
	rows, err := limiter.List(ctx, "", 10)
	must(t, err)
	if !rows.Next() || rows.Text(adsync.ColKey) != "key" || rows.Int(adsync.ColPermits) != 10 {
		t.Error("the list does not show the key")
	}
	if _, _, err = limiter.Take(ctx, "a", []string{"nobody"}, nil, adsync.PriorityInteractive); !errors.Is(err, adsync.ErrNotFound) {
		t.Errorf("a key without windows: %v", err)
	}
}

func TestKeysServeTheEnginesOfOneStore(t *testing.T) {
	keys, err := adsync.OpenKeyFile(keyFile(t, 0o600))
	must(t, err)
	defer keys.Close()
	first, second := shelfStore(t, mapstore.New()), shelfStore(t, mapstore.New())
	one, err := adsync.OpenEngine(adsync.EngineOptions{Storage: first, Keys: keys})
	must(t, err)
	two, err := adsync.OpenEngine(adsync.EngineOptions{Storage: first, Keys: keys})
	must(t, err)
	if _, err = adsync.OpenEngine(adsync.EngineOptions{Storage: second, Keys: keys}); !errors.Is(err, adsync.ErrInvalid) {
		t.Errorf("another store: %v", err)
	}
	if status, err := one.Drain(ctx, time.Minute); err != nil || status != adsync.StatusIdle {
		t.Errorf("Drain: %v %v", status, err)
	}
	if one.FD() < 0 || one.Timeout() < -1 {
		t.Errorf("a foreign loop gets %d and %v", one.FD(), one.Timeout())
	}
	must(t, one.Close())
	must(t, one.Close())
	must(t, two.Close())
	if _, err = one.ConnectionList(ctx, "a", 0); !errors.Is(err, adsync.ErrInvalid) {
		t.Errorf("a closed engine: %v", err)
	}
	if _, err = adsync.OpenEngine(adsync.EngineOptions{}); !errors.Is(err, adsync.ErrInvalid) {
		t.Errorf("no store: %v", err)
	}
}

func TestAnOrganisationIsErasedAndNoOther(t *testing.T) {
	keys, err := adsync.OpenKeyFile(keyFile(t, 0o600))
	must(t, err)
	defer keys.Close()
	store := shelfStore(t, mapstore.New())
	engine, err := adsync.OpenEngine(adsync.EngineOptions{Storage: store, Keys: keys})
	must(t, err)
	defer engine.Close()
	must(t, engine.AppAdd(ctx, "meta", "1", "s", adsync.AppOptions{}))
	for _, org := range []string{"acme", "globex"} {
		_, err = engine.GrantAdd(ctx, org, "meta", "token", adsync.GrantOptions{})
		must(t, err)
	}
	rows, err := engine.Erase(ctx, "acme")
	must(t, err)
	if !rows.Next() || rows.Text(adsync.ColState) != "erased" {
		t.Error("it is not erased")
	}
	rows.Close()
	for org, n := range map[string]int{"acme": 0, "globex": 1} {
		grants, err := engine.GrantList(ctx, org, 0)
		must(t, err)
		if grants.Len() != n {
			t.Errorf("%s has %d grants", org, grants.Len())
		}
		grants.Close()
	}
	if _, err = engine.Erase(ctx, "nobody"); !errors.Is(err, adsync.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

func TestAStepEndsWithItsContext(t *testing.T) {
	engine, err := adsync.OpenEngine(adsync.EngineOptions{Storage: shelfStore(t, mapstore.New()), Poll: time.Hour})
	must(t, err)
	defer engine.Close()
	soon, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err = engine.Step(soon, 30*time.Second)
	must(t, err)
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("it took %v", took)
	}
	if err = engine.Run(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run: %v", err)
	}
}

func TestAdaptersSayWhatIsWrong(t *testing.T) {
	if _, err := sqlite.Open(filepath.Join(t.TempDir(), "no", "such", "folder.db"), sqlite.Options{}); !errors.Is(err, adsync.ErrStorage) {
		t.Errorf("sqlite: %v", err)
	}
	if _, err := sqlite.Open("a\x00b", sqlite.Options{}); !errors.Is(err, adsync.ErrInvalid) {
		t.Errorf("sqlite: %v", err)
	}
	if _, err := postgres.Open("nonsense=1", postgres.Options{}); !errors.Is(err, adsync.ErrInvalid) {
		t.Errorf("postgres: %v", err)
	}
	for name, ddl := range map[string]func() (string, error){
		"sqlite":   func() (string, error) { return sqlite.DDL(0, sqlite.Options{Prefix: "mine_"}) },
		"postgres": func() (string, error) { return postgres.DDL(0, postgres.Options{Prefix: "mine_"}) },
	} {
		if text, err := ddl(); err != nil || !strings.Contains(text, "mine_metrics") {
			t.Errorf("%s: %v: %.80s", name, err, text)
		}
	}
}

func TestNamesAndShapes(t *testing.T) {
	for got, want := range map[string]string{
		adsync.ColBudgetDaily.String(): "budget_daily", adsync.TableMetrics.String(): "metrics", adsync.KindAdset.String(): "adset",
		adsync.ErrAuth.Error(): "E_AUTH", adsync.Money(12500000, "EUR"): "12.50 EUR", adsync.Day(20261120).String(): "2026-11-20",
		adsync.DayOf(adsync.Day(20240229).Time()).String(): "2024-02-29",
	} {
		if got != want {
			t.Errorf("%q is not %q", got, want)
		}
	}
	if adsync.ColSpend.Shape() != adsync.ShapeMoney || adsync.Version() == 0 {
		t.Error("the shape of spend")
	}
}
