// SPDX-License-Identifier: MIT

package adsync_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"path/filepath"
	"sync"
	"testing"

	"adsync"
	"adsync/examples/mapstore"
	"adsync/sqlite"
)

var ctx = context.Background()

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func shelfStore(t *testing.T, shelf *mapstore.Shelf) *adsync.Store {
	t.Helper()
	way, err := shelf.Open()
	must(t, err)
	store, err := adsync.NewStorage(way, adsync.StorageOptions{Flags: mapstore.Flags})
	must(t, err)
	t.Cleanup(func() { store.Close() })
	return store
}

func TestAStorageInPlainGoPassesTheKit(t *testing.T) {
	shelf := mapstore.New()
	report, err := adsync.CheckStorage(adsync.StorageCheck{Open: shelf.Open, Wipe: shelf.Wipe, FailAt: shelf.FailAt,
		Options: adsync.StorageOptions{Flags: mapstore.Flags}})
	kept := 0
	for _, promise := range report {
		if promise.Result == "ok" {
			kept++
		} else {
			t.Log(promise)
		}
		if promise.Result == "broken" {
			t.Error("broken: ", promise)
		}
	}
	must(t, err)
	t.Logf("%d of %d promises are kept", kept, len(report))
	if kept < 50 {
		t.Errorf("only %d promises were tried", kept)
	}
}

// blunt is a storage that takes every commit.
type blunt struct{ adsync.Storage }

func (b blunt) Commit(changes []adsync.Change) error {
	for i := range changes {
		if changes[i].Op != adsync.ChangeCheck {
			changes[i].Expected = adsync.ExpectAny
		}
	}
	return b.Storage.Commit(changes)
}

func TestTheKitSeesABrokenStorage(t *testing.T) {
	shelf := mapstore.New()
	report, err := adsync.CheckStorage(adsync.StorageCheck{Wipe: shelf.Wipe, Open: func() (adsync.Storage, error) {
		way, err := shelf.Open()
		return blunt{way}, err
	}})
	if !errors.Is(err, adsync.ErrRejected) {
		t.Errorf("got %v", err)
	}
	broken := map[string]bool{}
	for _, promise := range report {
		broken[promise.Name] = promise.Result == "broken"
	}
	if len(broken) == 0 {
		t.Error("no report")
	}
}

func orgRow(name string, number int64) []adsync.Value {
	return []adsync.Value{adsync.TextValue(name), adsync.IntValue(number)}
}

func TestRowsGoInAndComeOutWhole(t *testing.T) {
	memory, err := adsync.OpenMemory(nil)
	must(t, err)
	defer memory.Close()
	file, err := sqlite.Open(filepath.Join(t.TempDir(), "rows.db"), sqlite.Options{})
	must(t, err)
	defer file.Close()
	for name, store := range map[string]*adsync.Store{"memory": memory, "sqlite": file, "go": shelfStore(t, mapstore.New())} {
		t.Run(name, func(t *testing.T) {
			put := adsync.Change{Op: adsync.ChangePut, Table: adsync.TableMeta, Expected: adsync.ExpectAbsent,
				Values: []adsync.Value{adsync.TextValue("go \u00e9\U0010ffff"), adsync.IntValue(-1 << 63)}}
			must(t, store.Commit(ctx, 0, put))
			rows, err := store.Read(ctx, 0, adsync.TableMeta, 0, put.Values[:1])
			must(t, err)
			if !rows.Next() || rows.Value(adsync.ColKey) != put.Values[0] || rows.Int(adsync.ColValue) != -1<<63 || rows.Next() {
				t.Error("the row came back as another one")
			}
			err = store.Commit(ctx, 0, put)
			var positions adsync.Conflicts
			if !errors.Is(err, adsync.ErrConflict) || !errors.As(err, &positions) || len(positions) != 1 || positions[0] != 0 {
				t.Errorf("a second put of an absent row: %v", err)
			}
		})
	}
}

func TestEightGoroutinesWithAStoreEachLoseNoUpdate(t *testing.T) {
	shelf := mapstore.New()
	key := []adsync.Value{adsync.TextValue("counter")}
	must(t, shelfStore(t, shelf).Commit(ctx, 0, adsync.Change{Op: adsync.ChangePut, Table: adsync.TableMeta,
		Values: append(key[:1:1], adsync.IntValue(0))}))
	var group sync.WaitGroup
	for worker := 0; worker < 8; worker++ {
		store := shelfStore(t, shelf)
		group.Add(1)
		go func() {
			defer group.Done()
			for added := 0; added < 50; {
				rows, err := store.Read(ctx, 0, adsync.TableMeta, 0, key)
				if err != nil || !rows.Next() {
					t.Error(err)
					return
				}
				err = store.Commit(ctx, 0, adsync.Change{Op: adsync.ChangePut, Table: adsync.TableMeta,
					Expected: rows.Int(adsync.ColVersion), Values: append(key[:1:1], adsync.IntValue(rows.Int(adsync.ColValue)+1))})
				if err == nil {
					added++
				} else if !errors.Is(err, adsync.ErrConflict) {
					t.Error(err)
					return
				}
			}
		}()
	}
	group.Wait()
	rows, err := shelfStore(t, shelf).Read(ctx, 0, adsync.TableMeta, 0, key)
	must(t, err)
	if !rows.Next() || rows.Int(adsync.ColValue) != 400 {
		t.Errorf("counted to %d", rows.Int(adsync.ColValue))
	}
}

func TestOneStoreServesManyGoroutinesInTurn(t *testing.T) {
	store := shelfStore(t, mapstore.New())
	var group sync.WaitGroup
	for worker := 0; worker < 8; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for i := 0; i < 20; i++ {
				if _, err := store.Org(ctx, fmt.Sprintf("org %d", (worker+i)%10), true); err != nil {
					t.Error(err)
				}
			}
		}(worker)
	}
	group.Wait()
	rows, err := store.Scan(ctx, 0, adsync.Range{Table: adsync.TableOrgs, Limit: 100})
	must(t, err)
	if rows.Len() != 10 {
		t.Errorf("%d organisations", rows.Len())
	}
}

// failing answers what it is told to, on every read.
type failing struct {
	adsync.Storage
	fail func() error
}

func (f failing) Read(adsync.Table, int, [][]adsync.Value, *adsync.Sink) error { return f.fail() }

func failingStore(t *testing.T, fail func() error) *adsync.Store {
	way, _ := mapstore.New().Open()
	store, err := adsync.NewStorage(failing{way, fail}, adsync.StorageOptions{})
	must(t, err)
	t.Cleanup(func() { store.Close() })
	return store
}

type myError struct{ number int }

func (m *myError) Error() string { return fmt.Sprint("my error ", m.number) }

func TestACallbacksErrorReachesItsCaller(t *testing.T) {
	key := []adsync.Value{adsync.TextValue("a")}
	read := func(fail func() error) error {
		_, err := failingStore(t, fail).Read(ctx, 0, adsync.TableMeta, 0, key)
		return err
	}
	var mine *myError
	err := read(func() error { return fmt.Errorf("wrapped: %w", &myError{7}) })
	if !errors.Is(err, adsync.ErrHost) || !errors.As(err, &mine) || mine.number != 7 {
		t.Errorf("an error of one's own: %v", err)
	}
	if err = read(func() error { return fmt.Errorf("%w: the disk is away", adsync.ErrStorage) }); !errors.Is(err, adsync.ErrStorage) {
		t.Errorf("a status: %v", err)
	}
	var caught *adsync.PanicError
	if err = read(func() error { panic("boo") }); !errors.As(err, &caught) || caught.Value != "boo" || len(caught.Stack) == 0 {
		t.Errorf("a panic: %v", err)
	}
	if err = read(func() error { return adsync.ErrConflict }); errors.Is(err, adsync.ErrConflict) || err == nil {
		t.Errorf("a status that a read does not have: %v", err)
	}
}

func TestARowThatTheTableCannotHoldIsRefused(t *testing.T) {
	way, _ := mapstore.New().Open()
	lying := liar{way}
	store, err := adsync.NewStorage(lying, adsync.StorageOptions{})
	must(t, err)
	defer store.Close()
	rows, err := store.Read(ctx, 0, adsync.TableMeta, 0, []adsync.Value{adsync.TextValue("a")})
	if !errors.Is(err, adsync.ErrFormat) || rows != nil {
		t.Errorf("got %v", err)
	}
}

// liar answers a text that is no UTF-8.
type liar struct{ adsync.Storage }

func (liar) Read(_ adsync.Table, _ int, _ [][]adsync.Value, rows *adsync.Sink) error {
	return rows.Row(5, []adsync.Value{{Kind: adsync.ValueText, Text: "\xff"}})
}

// nosy calls the store that it serves.
type nosy struct {
	adsync.Storage
	store *adsync.Store
	inner error
}

func (n *nosy) Read(adsync.Table, int, [][]adsync.Value, *adsync.Sink) error {
	_, n.inner = n.store.Read(ctx, 0, adsync.TableMeta, 0, []adsync.Value{adsync.TextValue("b")})
	return nil
}

func TestACallFromInsideACallbackIsBusyAndDoesNotHang(t *testing.T) {
	way, _ := mapstore.New().Open()
	n := &nosy{Storage: way}
	store, err := adsync.NewStorage(n, adsync.StorageOptions{})
	must(t, err)
	defer store.Close()
	n.store = store
	_, err = store.Read(ctx, 0, adsync.TableMeta, 0, []adsync.Value{adsync.TextValue("a")})
	must(t, err)
	if !errors.Is(n.inner, adsync.ErrBusy) {
		t.Errorf("got %v", n.inner)
	}
}

// closing counts.
type closing struct {
	adsync.Storage
	closed *int
}

func (c closing) Close() error { *c.closed++; return nil }

func TestCloseReachesTheStorageOnce(t *testing.T) {
	closed := 0
	way, _ := mapstore.New().Open()
	store, err := adsync.NewStorage(closing{way, &closed}, adsync.StorageOptions{})
	must(t, err)
	must(t, store.Close())
	must(t, store.Close())
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
	if _, err = store.Org(ctx, "a", true); !errors.Is(err, adsync.ErrInvalid) {
		t.Errorf("a closed store: %v", err)
	}
	if _, err = adsync.NewStorage(closing{way, &closed}, adsync.StorageOptions{MaxChanges: 1}); !errors.Is(err, adsync.ErrInvalid) || closed != 1 {
		t.Errorf("too small a limit: %v, closed %d times", err, closed)
	}
}

// randomRow is a row of a table in which texts and numbers are few, so that rows are often alike.
func randomRow(random *rand.Rand, table adsync.Table) []adsync.Value {
	row := make([]adsync.Value, len(table.Columns()))
	for i, column := range table.Columns() {
		switch {
		case i >= table.KeyWidth() && random.Intn(4) == 0:
		case column.Kind == adsync.ValueInt:
			row[i] = adsync.IntValue(int64(random.Intn(3) + 1))
		default:
			row[i] = adsync.Value{Kind: column.Kind, Text: []string{"", "a", "aa", "b"}[random.Intn(4)]}
		}
	}
	return row
}

// The order in Go is the order in C: a scan of the same rows, in memory's C and in the shelf's Go, is the same.
func TestTheOrderInGoIsTheOrderInC(t *testing.T) {
	random := rand.New(rand.NewSource(5))
	for table := adsync.Table(1); int(table) <= adsync.TableCount(); table++ {
		if table.HasOrg() || table == adsync.TableOrgs {
			continue
		}
		memory, err := adsync.OpenMemory(nil)
		must(t, err)
		shelf := shelfStore(t, mapstore.New())
		for i := 0; i < 40; i++ {
			put := adsync.Change{Op: adsync.ChangePut, Table: table, Expected: adsync.ExpectAny, Version: int64(i + 1), Values: randomRow(random, table)}
			must(t, memory.Commit(ctx, 0, put))
			must(t, shelf.Commit(ctx, 0, put))
		}
		for i := 0; i < 60; i++ {
			index := random.Intn(len(table.Indexes()))
			if table.Indexes()[index].AllOrgs {
				continue
			}
			r := adsync.Range{Table: table, Index: index, Flags: uint32(random.Intn(4)), Limit: random.Intn(30) + 1}
			r.Lower, r.Upper = bound(random, r), bound(random, r)
			theirs, err := memory.Scan(ctx, 0, r)
			must(t, err)
			ours, err := shelf.Scan(ctx, 0, r)
			must(t, err)
			equalRows(t, r, theirs, ours)
		}
		memory.Close()
	}
}

func bound(random *rand.Rand, r adsync.Range) (values []adsync.Value) {
	row := randomRow(random, r.Table)
	for _, column := range r.Table.Indexes()[r.Index].Columns[:random.Intn(len(r.Table.Indexes()[r.Index].Columns)+1)] {
		if row[column].Kind == adsync.ValueNull {
			break
		}
		values = append(values, row[column])
	}
	return values
}

func equalRows(t *testing.T, r adsync.Range, theirs, ours *adsync.Rows) {
	t.Helper()
	for theirs.Next() {
		if !ours.Next() || fmt.Sprint(ours.Values()) != fmt.Sprint(theirs.Values()) {
			t.Fatalf("%v: %v is not %v", r, ours.Values(), theirs.Values())
		}
	}
	if ours.Next() {
		t.Fatalf("%v: a row too many", r)
	}
}
