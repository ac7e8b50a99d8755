<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Handle;
use Adsync\Internal\Options;
use Adsync\Internal\Trampolines;
use FFI;

/**
 * Claims work, sends what limits allow, digests what comes and commits it (adsync_engine). Its parts are named as the functions are:
 * adsync_job_enqueue is $engine->jobs->enqueue.
 *
 *     $engine = new Engine(Storage::sqlite('ads.db'), Keys::file('ads.keys'));
 *     $engine->app('meta', $clientId, $clientSecret, redirectUri: 'https://example.com/connected');
 *     $begun = $engine->oauth->begin('acme', 'meta', session_id());
 *
 * An engine in a web request serves calls and needs `claims: false`; a worker process turns one with run() or step().
 */
final class Engine
{
    private const NO_PLATFORMS = 1;
    private const NO_CLAIM = 2;
    private const TURN_US = 1_000_000;

    /** Consents. */
    public readonly Oauth $oauth;
    /** Consents that were given: the tokens of one person at one platform. */
    public readonly Grants $grants;
    /** Ad accounts. */
    public readonly Connections $connections;
    /** Syncs. */
    public readonly Jobs $jobs;
    /** Organisations as a whole. */
    public readonly Orgs $orgs;
    /** Campaigns, ads and the rest. */
    public readonly Entities $entities;
    /** Figures. */
    public readonly Metrics $metrics;
    /** Every call to a platform. */
    public readonly Audit $audit;
    public readonly Health $health;

    private readonly Handle $handle;
    private bool $stopped = false;

    /**
     * @param Keys|null      $keys        null: nothing can be sealed, so nothing can be connected
     * @param Transport|null $transport   null: libcurl
     * @param Host|null      $host        null: the system's clocks, no log
     * @param bool           $claims      false: serves calls, takes no jobs: a web process
     * @param bool           $platforms   false: the built-in platforms are not registered
     * @param int            $maxInFlight exchanges at once; 0: 500
     * @param int            $maxClaim    jobs at once; 0: 200
     * @param int            $leaseUs     how long it may be silent before others take over its work; 0: 30 s
     * @param int            $pollUs      how often an idle engine looks for work; 0: 1 s
     * @param int            $maxTurnUs   a turn stops digesting after this; 0: 50 ms
     * @param string|null    $worker      its name in leases and logs
     * @param int            $keepCallsDays     calls to platforms are dropped after so many days; 0: 90, -1: never
     * @param int            $keepJobsDays      jobs are, so long after their end; 0: 90, -1: never
     * @param int            $keepRevisionsDays what figures said before is; 0: 400, -1: never
     */
    public function __construct(Storage $storage, ?Keys $keys = null, ?Transport $transport = null, ?Host $host = null, bool $claims = true,
        bool $platforms = true, int $maxInFlight = 0, int $maxClaim = 0, int $leaseUs = 0, int $pollUs = 0, int $maxTurnUs = 0, ?string $worker = null,
        int $keepCallsDays = 0, int $keepJobsDays = 0, int $keepRevisionsDays = 0)
    {
        $number = $host === null ? 0 : Trampolines::add($host);
        $table = $host === null ? null : Trampolines::host($host, $number);
        $options = new Options('adsync_engine_options', [
            'flags' => ($claims ? 0 : self::NO_CLAIM) | ($platforms ? 0 : self::NO_PLATFORMS), 'max_in_flight' => $maxInFlight,
            'max_claim' => $maxClaim, 'lease_us' => $leaseUs, 'poll_us' => $pollUs, 'max_turn_us' => $maxTurnUs,
            'storage' => $storage->pointer(), 'keys' => $keys?->pointer(), 'transport' => $transport?->pointer(),
            'host' => $table === null ? null : FFI::addr($table), 'worker' => $worker,
            'keep_calls_days' => $keepCallsDays, 'keep_jobs_days' => $keepJobsDays, 'keep_revisions_days' => $keepRevisionsDays,
        ]);
        $out = Library::make('adsync_engine *');
        Library::call('adsync_engine_open', $options->pointer(), FFI::addr($out));
        $this->handle = new Handle($out, 'adsync_engine_free', $number);
        $this->oauth = new Oauth($this->handle);
        $this->grants = new Grants($this->handle);
        $this->connections = new Connections($this->handle);
        $this->jobs = new Jobs($this->handle);
        $this->orgs = new Orgs($this->handle);
        $this->entities = new Entities($this->handle);
        $this->metrics = new Metrics($this->handle);
        $this->audit = new Audit($this->handle);
        $this->health = new Health($this->handle);
    }

    /**
     * Registers the application at a platform (adsync_app_add). Secrets are kept in locked memory and never stored.
     *
     * @param string|null           $clientId null where a ready token is all there is
     * @param string|null           $name     several apps per platform; null: "default"
     * @param string|null           $scopes   separated by blanks; null: the connector's
     * @param array<string, string> $settings what the platform has besides, see adsync_app_options
     */
    public function app(string $platform, ?string $clientId = null, #[\SensitiveParameter] ?string $clientSecret = null, ?string $redirectUri = null,
        ?string $name = null, ?string $scopes = null, ?string $apiVersion = null, #[\SensitiveParameter] ?string $developerToken = null,
        array $settings = []): void
    {
        $flat = [];
        foreach ($settings as $setting => $value) {
            array_push($flat, $setting, $value);
        }
        $options = new Options('adsync_app_options', ['name' => $name, 'redirect_uri' => $redirectUri, 'scopes' => $scopes,
            'api_version' => $apiVersion, 'developer_token' => $developerToken, 'settings' => $flat ?: null]);
        Library::call('adsync_app_add', $this->handle->get(), $platform, $clientId, $clientSecret, $options->pointer());
    }

    /**
     * One turn (adsync_engine_step).
     *
     * @param int $maxWaitUs how long it may wait for something to happen
     *
     * @return Status Ok, or Idle: nothing is due and nothing is in flight
     */
    public function step(int $maxWaitUs = 0): Status
    {
        return Status::from(Library::call('adsync_engine_step', $this->handle->get(), $maxWaitUs));
    }

    /**
     * Turns until stop() is called, from a signal handler too: with pcntl_async_signals(true) PHP runs handlers between two turns.
     *
     * @param \Closure(Rows): void|null $events gets what happened, after each turn in which something did
     */
    public function run(?\Closure $events = null): void
    {
        while (!$this->stopped) {
            $this->step(self::TURN_US);
            if ($events !== null && count($happened = $this->events()) > 0) {
                $events($happened);
            }
        }
        $this->stopped = false;
    }

    /** Makes run() return after its turn. */
    public function stop(): void
    {
        $this->stopped = true;
        Library::ffi()->adsync_engine_wake($this->handle->get());
    }

    /**
     * Turns until nothing is due (adsync_engine_drain).
     *
     * @return Status Idle: nothing is left that is due; Pending: the time is over
     */
    public function drain(int $maxUs): Status
    {
        return Status::from(Library::call('adsync_engine_drain', $this->handle->get(), $maxUs));
    }

    /** What happened since it was last asked: type, org, the ids, status, message (adsync_engine_events). */
    public function events(): Rows
    {
        $out = Library::make('adsync_rows *');
        Library::call('adsync_engine_events', $this->handle->get(), FFI::addr($out));

        return new Rows($out);
    }

    /** When an event loop has to call step() at the latest: microseconds from now, -1: not before fd() is readable. */
    public function timeoutUs(): int
    {
        return Library::ffi()->adsync_engine_timeout_us($this->handle->get());
    }

    /** One descriptor for a foreign event loop; -1: the transport has none (adsync_engine_fd). */
    public function fd(): int
    {
        return Library::ffi()->adsync_engine_fd($this->handle->get());
    }

    /** Gives back what it holds and ends it now; without this it ends with the last reference. */
    public function close(): void
    {
        $this->handle->free();
        Trampolines::rethrow();
    }
}
