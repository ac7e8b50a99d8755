// SPDX-License-Identifier: MIT

package lantern_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"adsync"
	"adsync/examples/lantern"
	"adsync/examples/mapstore"
)

const token = "lantern-secret-token"

// A server is Lantern: seven campaigns in pages of three, of which each spends its number and 25 cents a day.
type server struct {
	t       *testing.T
	hold    chan struct{} // answers wait until it is closed, where it is set
	broken  bool          // amounts are none
	mutex   sync.Mutex
	asked   []string
	address string
	ca      string
}

func newServer(t *testing.T) *server {
	s := &server{t: t}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: lantern.Host}, DNSNames: []string{lantern.Host}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	s.ca = filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(s.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	web := httptest.NewUnstartedServer(s)
	web.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	web.StartTLS()
	t.Cleanup(web.Close)
	s.address = web.Listener.Addr().String()
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	s.asked = append(s.asked, r.URL.String())
	hold, broken := s.hold, s.broken
	s.mutex.Unlock()
	if hold != nil {
		<-hold
	}
	if r.Header.Get("Authorization") != "Bearer "+token || r.Host != lantern.Host {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"who are you?"}`)
		return
	}
	var rows []map[string]any
	switch filepath.Base(r.URL.Path) {
	case "accounts":
		json.NewEncoder(w).Encode(map[string]any{"accounts": []map[string]string{{"id": "7", "name": "Seven", "currency": "EUR"}}})
		return
	case "campaigns":
		s.campaigns(w, r.URL.Query().Get("after"))
		return
	case "report":
		rows = s.report(r.URL.Query().Get("from"), r.URL.Query().Get("to"), r.URL.Query().Get("by"))
		if broken {
			rows[0]["spend"] = "much"
		}
	}
	json.NewEncoder(w).Encode(map[string]any{"rows": rows})
}

func (s *server) campaigns(w http.ResponseWriter, after string) {
	first, next := 0, ""
	fmt.Sscan(after, &first)
	var rows []map[string]any
	for n := first + 1; n <= 7; n++ {
		if len(rows) == 3 {
			next = fmt.Sprint(n - 1)
			break
		}
		rows = append(rows, map[string]any{"id": fmt.Sprint("c", n), "name": fmt.Sprint("Campaign ", n, " \u00e9"), "state": "ACTIVE"})
	}
	json.NewEncoder(w).Encode(map[string]any{"rows": rows, "after": next})
}

func (s *server) report(from, to, by string) (rows []map[string]any) {
	day, _ := time.Parse("2006-01-02", from)
	for ; day.Format("2006-01-02") <= to; day = day.AddDate(0, 0, 1) {
		for n := 1; n <= 7; n++ {
			row := map[string]any{"id": fmt.Sprint("c", n), "day": day.Format("2006-01-02"), "spend": fmt.Sprint(n, ".25"), "shown": 1000 * n,
				"clicks": n}
			if by == "account" {
				row["id"], row["spend"], row["shown"], row["clicks"] = "7", "29.75", 28000, 28 // the sum of all seven
			}
			if rows = append(rows, row); by == "account" {
				break
			}
		}
	}
	return rows
}

func (s *server) requests() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]string{}, s.asked...)
}

func (s *server) spoil() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.broken = true
}

func (s *server) set(hold chan struct{}) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.hold = hold
}

// An account is an engine with a connection at the server.
type account struct {
	*adsync.Engine
	store      *adsync.Store
	grant      int64
	connection int64
	log        *bytes.Buffer
}

const org = "my-company"

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, s *server, connector adsync.Connector) *account {
	t.Helper()
	way, err := mapstore.New().Open()
	must(t, err)
	a := &account{log: &bytes.Buffer{}}
	a.store, err = adsync.NewStorage(way, adsync.StorageOptions{Flags: mapstore.Flags})
	must(t, err)
	secret := make([]byte, 32)
	rand.Read(secret)
	file := filepath.Join(t.TempDir(), "keys")
	must(t, os.WriteFile(file, []byte("k1:"+base64.StdEncoding.EncodeToString(secret)+"\n"), 0o600))
	keys, err := adsync.OpenKeyFile(file)
	must(t, err)
	transport, err := adsync.OpenCurl(adsync.CurlOptions{CAFile: s.ca, ConnectTo: s.address})
	must(t, err)
	logger := adsync.LoggerFunc(func(_ adsync.LogLevel, line string) { a.log.WriteString(line + "\n") })
	a.Engine, err = adsync.OpenEngine(adsync.EngineOptions{Flags: adsync.EngineNoPlatforms, Storage: a.store, Keys: keys, Transport: transport,
		Host: &adsync.Host{Logger: logger}})
	must(t, err)
	t.Cleanup(func() {
		must(t, a.Close())
		must(t, transport.Close())
		must(t, keys.Close())
		must(t, a.store.Close())
	})
	must(t, a.ConnectorRegister(ctx, "lantern", connector))
	must(t, a.AppAdd(ctx, "lantern", "", "", adsync.AppOptions{}))
	a.grant, err = a.GrantAdd(ctx, org, "lantern", token, adsync.GrantOptions{NeverExpires: true})
	must(t, err)
	a.connection, err = a.ConnectionAdd(ctx, org, a.grant, "lantern-7", adsync.ConnectionOptions{Flags: adsync.ConnectionManual})
	must(t, err)
	return a
}
