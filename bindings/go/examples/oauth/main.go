// SPDX-License-Identifier: MIT

// The OAuth web flow as two routes of net/http. /connect/PLATFORM sends the browser to the platform's consent page, /callback takes what
// the redirect brings and lists the accounts to choose from.
//
//	ADSYNC_CLIENT_ID=.. ADSYNC_CLIENT_SECRET=.. go run ./examples/oauth 127.0.0.1:8080
//
// It prints its address when it listens. Store and keys are ads.db and ads.keys here. ADSYNC_CONNECT_TO and ADSYNC_CA lead to a simulator.
package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"syscall"
	"time"

	"adsync"
	"adsync/sqlite"
)

// A web process takes no jobs: a worker does.
func open() (*adsync.Engine, error) {
	store, err := sqlite.Open("ads.db", sqlite.Options{})
	if err != nil {
		return nil, err
	}
	keys, err := adsync.OpenKeyFile("ads.keys")
	if err != nil {
		return nil, err
	}
	network, err := adsync.OpenCurl(adsync.CurlOptions{ConnectTo: os.Getenv("ADSYNC_CONNECT_TO"), CAFile: os.Getenv("ADSYNC_CA")})
	if err != nil {
		return nil, err
	}
	return adsync.OpenEngine(adsync.EngineOptions{Flags: adsync.EngineNoClaim, Storage: store, Keys: keys, Transport: network})
}

type site struct{ engine *adsync.Engine }

// orgOf is whose accounts are connected: in a real program that of the person who is logged in.
func orgOf(*http.Request) string { return "my-company" }

// session is what only this browser has. A real program has one already.
func session(w http.ResponseWriter, r *http.Request) string {
	if cookie, err := r.Cookie("session"); err == nil {
		return cookie.Value
	}
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		panic(err)
	}
	value := hex.EncodeToString(random)
	http.SetCookie(w, &http.Cookie{Name: "session", Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return value
}

func (s *site) connect(w http.ResponseWriter, r *http.Request) {
	consent, err := s.engine.OAuthBegin(r.Context(), orgOf(r), path.Base(r.URL.Path), session(w, r), adsync.OAuthOptions{})
	if err != nil {
		refuse(w, err)
		return
	}
	http.Redirect(w, r, consent.URL, http.StatusFound)
}

var page = template.Must(template.New("accounts").Parse(
	`<h1>Connected</h1>{{if .Partial}}<p>Something is missing: the list of grants says what.</p>{{end}}
<ul>{{range .Accounts}}<li>{{.}}</li>
{{end}}</ul>
`))

func (s *site) callback(w http.ResponseWriter, r *http.Request) {
	patient, cancel := context.WithTimeout(r.Context(), 25*time.Second)
	defer cancel()
	_, accounts, status, err := s.engine.OAuthComplete(patient, orgOf(r), session(w, r), r.URL.RawQuery)
	if err != nil {
		refuse(w, err)
		return
	}
	defer accounts.Close()
	var names []string
	for accounts.Next() {
		names = append(names, accounts.Text(adsync.ColAccountID)+" "+accounts.Text(adsync.ColName))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page.Execute(w, map[string]any{"Accounts": names, "Partial": status == adsync.StatusPartial})
}

// refuse says what a person can do something with; the class of the error decides the HTTP status.
func refuse(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	for status, class := range map[int][]error{
		http.StatusForbidden:          {adsync.ErrForged, adsync.ErrRejected},
		http.StatusBadRequest:         {adsync.ErrInvalid},
		http.StatusNotFound:           {adsync.ErrNotFound},
		http.StatusServiceUnavailable: {adsync.ErrTransient, adsync.ErrLimit, adsync.StatusPending},
	} {
		for _, one := range class {
			if errors.Is(err, one) {
				code = status
			}
		}
	}
	http.Error(w, err.Error(), code)
}

func run(address string) error {
	engine, err := open()
	if err != nil {
		return err
	}
	defer engine.Close()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	back := "http://" + listener.Addr().String() + "/callback"
	if uri := os.Getenv("ADSYNC_REDIRECT_URI"); uri != "" {
		back = uri
	}
	err = engine.AppAdd(context.Background(), "meta", os.Getenv("ADSYNC_CLIENT_ID"), os.Getenv("ADSYNC_CLIENT_SECRET"),
		adsync.AppOptions{RedirectURI: back})
	if err != nil {
		return err
	}
	s := &site{engine}
	routes := http.NewServeMux()
	routes.HandleFunc("/connect/", s.connect)
	routes.HandleFunc("/callback", s.callback)
	server := &http.Server{Handler: routes, ReadHeaderTimeout: 10 * time.Second}
	fmt.Println("http://" + listener.Addr().String())

	over, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-over.Done()
		server.Shutdown(context.Background())
	}()
	if err = server.Serve(listener); errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

func main() {
	if len(os.Args) != 2 {
		log.Fatalf("usage: %s HOST:PORT", os.Args[0])
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}
