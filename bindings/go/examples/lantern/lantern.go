// SPDX-License-Identifier: MIT

// Package lantern is a platform of one's own, written in Go: an invented one, with campaigns in pages and a report by day. A connector
// does no I/O; doc/adding-a-platform.md explains the parts.
package lantern

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"adsync"
)

// Connector is the platform. It holds nothing: all state is in tasks and cursors.
type Connector struct{}

var _ adsync.Connector = Connector{}

// Host is where Lantern answers.
const Host = "api.lantern.example"

// Describe says what the platform is.
func (Connector) Describe(out *adsync.Manifest) error {
	out.Host("api", Host, adsync.HostAuth)
	for name, value := range map[string]string{"api_version": "v1", "revision": "1", "day_zone": "UTC", "report_days": "31",
		"scopes": "read", "account_prefix": "lantern-"} {
		out.Setting(name, value)
	}
	out.Supports(adsync.TaskAccountDiscover, 0)
	out.Supports(adsync.TaskList, adsync.KindCampaign)
	out.Supports(adsync.TaskReport, adsync.KindAccount)
	out.Supports(adsync.TaskReport, adsync.KindCampaign)
	out.Window("calls", adsync.ScopeApp, adsync.Window{Align: adsync.WindowRoll, Length: 1e9, Permits: 200})
	return nil
}

// Request builds the request that a task needs next.
func (Connector) Request(task *adsync.Task, out *adsync.Request) error {
	path := "/" + task.Text("api_version")
	switch task.Op() {
	case adsync.TaskAccountDiscover:
		path += "/accounts"
	case adsync.TaskList:
		path += "/accounts/" + task.Text("account_id") + "/campaigns"
	case adsync.TaskReport:
		path += "/accounts/" + task.Text("account_id") + "/report"
	default:
		return adsync.ErrUnsupported
	}
	out.Open(adsync.EffectRead, "GET", "api", path)
	if task.Op() == adsync.TaskReport {
		out.Field(adsync.PlaceQuery, "from", task.From().String())
		out.Field(adsync.PlaceQuery, "to", task.To().String())
		out.Field(adsync.PlaceQuery, "by", task.Kind().String())
	}
	if cursor := task.Text("cursor"); cursor != "" {
		out.Field(adsync.PlaceQuery, "after", cursor)
	}
	out.Secret(adsync.PlaceHeader, "Authorization", "Bearer ", "access_token")
	out.Cost("calls", 1)
	return nil
}

// answer is every answer of Lantern's.
type answer struct {
	Error    string
	After    string
	Accounts []struct{ ID, Name, Currency string }
	Rows     []struct {
		ID, Name, State, Day, Spend string
		Shown, Clicks               int64
	}
}

var refusals = map[int]int{401: adsync.ClassAuthRevoked, 403: adsync.ClassPermission, 404: adsync.ClassNotFound, 429: adsync.ClassThrottled}

// Response digests an answer.
func (Connector) Response(task *adsync.Task, in *adsync.Response, out *adsync.Outcome) error {
	var a answer
	broken := json.Unmarshal(in.Body(), &a)
	if class, refused := refusals[in.Status()]; refused {
		out.Fail(adsync.Refusal{Class: class, Code: strconv.Itoa(in.Status()), Message: a.Error})
		return nil
	}
	if in.Status() != 200 || broken != nil { // a body that is no JSON is trouble that passes
		out.Fail(adsync.Refusal{Class: adsync.ClassTransient, Code: strconv.Itoa(in.Status()), Message: "Lantern is in trouble"})
		return nil
	}
	for _, account := range a.Accounts {
		out.Row(adsync.TableConnections, adsync.KindAccount, adsync.TwiceReplace).Text(adsync.ColAccountID, account.ID).
			Text(adsync.ColName, account.Name).Text(adsync.ColCurrency, account.Currency).Text(adsync.ColTimeZone, "UTC").
			Text(adsync.ColStatus, "active")
	}
	for i := range a.Rows {
		if err := row(task, &a, i, out); err != nil {
			return err
		}
	}
	if a.After != "" {
		out.Next(a.After)
	} else {
		out.Done(true, adsync.EvidenceStrong)
	}
	return nil
}

func row(task *adsync.Task, a *answer, i int, out *adsync.Outcome) error {
	r := &a.Rows[i]
	if task.Op() == adsync.TaskList {
		out.Row(adsync.TableEntities, task.Kind(), adsync.TwiceReplace).Text(adsync.ColID, r.ID).Text(adsync.ColName, r.Name).
			Text(adsync.ColSwitch, r.State).Text(adsync.ColStatus, r.State)
		return nil
	}
	spend, err := micros(r.Spend)
	if err != nil {
		return err
	}
	day, err := strconv.Atoi(strings.ReplaceAll(r.Day, "-", ""))
	if err != nil {
		return fmt.Errorf("%w: the day %q", adsync.ErrFormat, r.Day)
	}
	out.Row(adsync.TableMetrics, task.Kind(), adsync.TwiceReplace).Text(adsync.ColEntityID, r.ID).Int(adsync.ColDay, int64(day)).
		Text(adsync.ColCurrency, "EUR").Int(adsync.ColSpend, spend).Int(adsync.ColImpressions, r.Shown).Int(adsync.ColClicks, r.Clicks)
	return nil
}

// micros reads "12.34" exactly: no float comes near money.
func micros(amount string) (int64, error) {
	whole, part, _ := strings.Cut(amount, ".")
	if len(part) > 6 {
		return 0, fmt.Errorf("%w: the amount %q", adsync.ErrFormat, amount)
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", 6-len(part)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: the amount %q", adsync.ErrFormat, amount)
	}
	return n, nil
}
