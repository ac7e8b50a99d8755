<?php
// SPDX-License-Identifier: MIT
// What the binding adds to the library: names, exceptions, callbacks, lives of handles. No network.
declare(strict_types=1);

namespace Adsync\Tests;

use Adsync\Engine;
use Adsync\Exception\AdsyncException;
use Adsync\Format;
use Adsync\Host;
use Adsync\Keys;
use Adsync\KeyService;
use Adsync\Library;
use Adsync\Storage;
use Adsync\Storage\Backend;
use Adsync\Storage\Change;
use Adsync\Storage\PdoBackend;
use Adsync\Storage\Range;
use Adsync\Storage\Sink;
use Adsync\Vault;

require __DIR__ . '/../autoload.php';
require __DIR__ . '/testing.php';

$folder = folder();

/** Passes everything on to a backend, and does what a test wants before. */
final class Before implements Backend
{
    public ?\Closure $does = null;
    public bool $closed = false;

    public function __construct(private readonly Backend $behind)
    {
    }

    public function read(int $table, int $columns, array $keys, Sink $sink): void
    {
        $this->does && ($this->does)('read', $keys);
        $this->behind->read($table, $columns, $keys, $sink);
    }

    public function scan(Range $range, Sink $sink): void
    {
        $this->does && ($this->does)('scan', $range);
        $this->behind->scan($range, $sink);
    }

    public function commit(array $changes): array
    {
        $this->does && ($this->does)('commit', $changes);

        return $this->behind->commit($changes);
    }

    public function close(): void
    {
        $this->closed = true;
        $this->does && ($this->does)('close', null);
        $this->behind->close();
    }
}

function before(): Before
{
    return new Before(new PdoBackend(static fn () => new \PDO('sqlite::memory:')));
}

function key_file(): string
{
    global $folder;
    $file = $folder . '/keys';
    if (!is_file($file)) {
        file_put_contents($file, 'k1:' . base64_encode(random_bytes(32)) . "\n");
        chmod($file, 0600);
    }

    return $file;
}

function every_status_of_the_header_has_a_class_of_its_own(): void
{
    $text = file_get_contents(explode(':', getenv('ADSYNC_DECLARATIONS'))[0] . '/adsync.ffi.h');
    preg_match_all('/ADSYNC_E_([A-Z_]+) = (-\d+)/', $text, $found, PREG_SET_ORDER);
    true(count($found) >= 20, count($found) . ' statuses');
    foreach ($found as [, $name, $status]) {
        $e = AdsyncException::of((int) $status, 'words', 'a.name');
        $class = 'Adsync\\Exception\\' . strtr(ucwords(strtolower($name), '_'), ['_' => '']) . 'Exception';
        equal([$e::class, $e->getCode(), $e->getMessage(), $e->getName()], [$class, (int) $status, 'words', 'a.name']);
    }
}

function every_constant_is_that_of_the_header(): void
{
    $ffi = Library::ffi();
    foreach (['Kind' => 'KIND', 'Data' => 'DATA', 'Mode' => 'SYNC', 'Priority' => 'PRIORITY'] as $enum => $prefix) {
        foreach (("Adsync\\$enum")::cases() as $case) {
            $name = "ADSYNC_{$prefix}_" . strtoupper(preg_replace('/(?<!^)[A-Z]/', '_$0', $case->name));
            equal($case->value, $ffi->$name, $name);
        }
    }
    foreach (\Adsync\Status::cases() as $case) {
        equal($case->value, $ffi->{'ADSYNC_' . strtoupper($case->name)}, $case->name);
    }
    $names = [Change::class => ['PUT' => 'CHANGE_PUT', 'DELETE' => 'CHANGE_DELETE', 'CHECK' => 'CHANGE_CHECK', 'EXPECT_ANY' => 'EXPECT_ANY',
        'EXPECT_ABSENT' => 'EXPECT_ABSENT'], \Adsync\Metrics::class => ['BY_DAY' => 'BY_DAY', 'BY_CONNECTION' => 'BY_CONNECTION',
        'BY_PLATFORM' => 'BY_PLATFORM', 'BY_ENTITY' => 'BY_ENTITY'], Storage::class => ['NO_DDL' => 'SQLITE_NO_DDL', 'READ_ONLY' => 'SQLITE_READ_ONLY',
        'POOLED' => 'POSTGRES_POOLED', 'VOLATILE' => 'STORAGE_VOLATILE', 'ONE_PROCESS' => 'STORAGE_ONE_PROCESS',
        'NOT_POWER_SAFE' => 'STORAGE_NOT_POWER_SAFE']];
    foreach ($names as $class => $constants) {
        foreach ($constants as $ours => $theirs) {
            equal(constant("$class::$ours"), $ffi->{"ADSYNC_$theirs"}, $theirs);
        }
    }
}

function an_exception_of_a_backend_reaches_the_caller_as_itself(): void
{
    $backend = before();
    $storage = Storage::of($backend);
    $mine = new \DomainException('the database is on fire');
    $backend->does = static fn (string $slot) => $slot === 'read' ? throw $mine : null;
    equal(throws(\DomainException::class, static fn () => $storage->org('acme', true)), $mine, 'the same object');
    $backend->does = null;
    true($storage->org('acme', true) > 0, 'and the storage works on');
}

function an_exception_travels_through_an_engine_too(): void
{
    $backend = before();
    $engine = new Engine(Storage::of($backend), Keys::file(key_file()));
    $backend->does = static fn () => throw new \TypeError('not an Exception but an Error');
    throws(\TypeError::class, static fn () => $engine->connections->list('acme'), 'not an Exception');
    $backend->does = null;
    equal($engine->grants->list('acme')->toArray(), []);
}

function a_connection_is_set_and_its_schedule_read(): void
{
    $engine = new Engine(Storage::memory(), Keys::file(key_file()));
    $engine->app('meta', '1', 's');
    $grant = $engine->grants->add('acme', 'meta', 'token-1');
    $connection = $engine->connections->add('acme', $grant, '7', auto: false);
    equal($engine->connections->schedule('acme', $connection)->toArray(), [], 'it is synced when somebody asks');
    equal($engine->health->list('acme')->toArray()[0]['state'], 'never');
    $engine->connections->set('acme', $connection, frequencyMinutes: 30, timeframeDays: 20, auto: true);
    equal($engine->health->count('acme')->toArray(), [['state' => 'pending', 'rows' => 1]]);
    equal($engine->health->statistics('acme', 0)->toArray(), []);
    $rows = $engine->connections->schedule('acme', $connection)->toArray();
    equal(array_column($rows, 'name'), ['backfill', 'campaigns', 'daily', 'leads', 'metrics', 'posts', 'weekly']);
    true(min(array_column($rows, 'due_us')) > 0, 'all is due');
    $row = $engine->connections->list('acme', $connection)->toArray()[0];
    equal([$row['frequency_minutes'], $row['timeframe_days'], $row['auto_sync']], [30, 20, 1]);
    $engine->connections->set('acme', $connection, frequencyMinutes: 0, now: true, backfill: true);
    equal($engine->connections->list('acme', $connection)->toArray()[0]['frequency_minutes'] ?? null, null);
    throws(\Adsync\Exception\InvalidException::class, static fn () => $engine->connections->set('acme', $connection, frequencyMinutes: 1), 'minutes');
}

function an_organisation_is_erased_and_no_other(): void
{
    $storage = Storage::memory();
    $engine = new Engine($storage, Keys::file(key_file()), claims: false);
    $engine->app('meta', '1', 's');
    $engine->grants->add('acme', 'meta', 'token-1');
    $engine->grants->add('globex', 'meta', 'token-2');
    $before = $storage->org('acme', false);
    true($engine->orgs->erase('acme', new \Adsync\Call(waitUs: -1))->isPending(), 'only marked');
    throws(\Adsync\Exception\NotFoundException::class, static fn () => $engine->grants->list('acme'), 'being deleted');
    $done = $engine->orgs->erase('acme');
    equal([$done->isPending(), $done->row()['state']], [false, 'erased']);
    equal([count($engine->grants->list('acme')), count($engine->grants->list('globex'))], [0, 1]);
    true($storage->org('acme', true) > $before, 'the name may be used again, the number never');
    throws(\Adsync\Exception\NotFoundException::class, static fn () => $engine->orgs->erase('nobody'), 'no organisation');
}

function an_exception_in_close_is_thrown_by_the_call_that_closed(): void
{
    $backend = before();
    $storage = Storage::of($backend);
    $backend->does = static fn () => throw new \DomainException('closing failed');
    throws(\DomainException::class, static fn () => $storage->close(), 'closing failed');
    throws(\Adsync\Exception\InvalidException::class, static fn () => $storage->org('acme'), 'closed');
}

function an_exception_in_close_of_a_handle_that_just_goes_is_a_warning(): void
{
    $backend = before();
    $storage = Storage::of($backend);
    $backend->does = static fn () => throw new \DomainException('closing failed');
    throws(\ErrorException::class, static function () use (&$storage): void {
        $storage = null;
    }, 'closing failed');
}

function a_call_into_the_storage_that_is_served_is_refused(): void
{
    $backend = before();
    $storage = Storage::of($backend);
    $backend->does = static fn () => $storage->org('other');
    throws(\Adsync\Exception\BusyException::class, static fn () => $storage->org('acme', true));
    $backend->does = null;
}

function a_sink_that_was_kept_is_refused(): void
{
    $backend = new class(before()) implements Backend {
        public ?Sink $kept = null;

        public function __construct(private readonly Backend $behind)
        {
        }

        public function read(int $table, int $columns, array $keys, Sink $sink): void
        {
            $this->kept = $sink;
            $this->behind->read($table, $columns, $keys, $sink);
        }

        public function scan(Range $range, Sink $sink): void
        {
            $this->behind->scan($range, $sink);
        }

        public function commit(array $changes): array
        {
            return $this->behind->commit($changes);
        }

        public function close(): void
        {
        }
    };
    Storage::of($backend)->org('acme', true);
    throws(\Adsync\Exception\InvalidException::class, static fn () => $backend->kept->row(1, ['x']), 'sink');
}

function a_thousand_failing_calls_keep_no_exceptions(): void
{
    $backend = before();
    $storage = Storage::of($backend);
    $backend->does = static fn () => throw new \DomainException(str_repeat('x', 10000));
    $fail = static function (int $n) use ($storage): int {
        for ($i = 0; $i < $n; $i++) {
            throws(\DomainException::class, static fn () => $storage->org('acme'));
        }
        gc_collect_cycles();

        return memory_get_usage();
    };
    $before = $fail(100);
    true($fail(1000) - $before < 500000, 'memory grows with failures');
    $backend->does = null;
}

function handles_may_be_let_go_in_any_order(): void
{
    $backend = before();
    $storage = Storage::of($backend);
    $engine = new Engine($storage, Keys::file(key_file()));
    $grants = $engine->grants;
    $storage->close();
    unset($storage, $engine);
    equal($grants->list('acme')->toArray(), [], 'a part keeps what it needs');
    true(!$backend->closed, 'not closed while in use');
    unset($grants);
    true($backend->closed, 'closed with its last user');
}

function a_child_process_does_not_end_what_its_parent_holds(): void
{
    $backend = before();
    $storage = Storage::of($backend);
    $child = pcntl_fork();
    if ($child === 0) {
        $storage->close();
        posix_kill(getmypid(), $backend->closed ? SIGTERM : SIGKILL); /* no destructors, no tests */
    }
    pcntl_waitpid($child, $status);
    equal(pcntl_wtermsig($status), SIGKILL, 'the child closed it');
    true($storage->org('acme', true) > 0, 'the parent goes on');
}

function integers_pass_both_ways_without_loss(): void
{
    $seen = [];
    $backend = before();
    $storage = Storage::of($backend);
    $backend->does = static function (string $slot, mixed $what) use (&$seen): void {
        if ($slot === 'commit') {
            $seen[] = $what[0]->values[1];
        }
    };
    $numbers = [PHP_INT_MAX, PHP_INT_MIN, (1 << 53) + 1, 0];
    foreach ($numbers as $i => $number) {
        $storage->commit(0, [new Change(Change::PUT, 1, ["n$i", $number])]);
    }
    equal($seen, $numbers, 'into the callback');
    equal($storage->scan(0, new Range(1))->column('value'), $numbers, 'and out of it');
}

function a_version_that_moved_is_a_conflict(): void
{
    $storage = Storage::memory();
    $storage->commit(0, [new Change(Change::PUT, 1, ['k', 1])]);
    $row = $storage->read(0, 1, [['k']])->next();
    $storage->commit(0, [new Change(Change::PUT, 1, ['k', 2], $row['version'])]);
    throws(\Adsync\Exception\ConflictException::class, static fn () => $storage->commit(0, [new Change(Change::PUT, 1, ['k', 3], $row['version'])]));
    equal(Storage::memory($storage)->read(0, 1, [['k'], ['none']])->column('value'), [2], 'another handle on the same rows');
}

function rows_are_gone_through_once_and_counted_always(): void
{
    $storage = Storage::memory();
    foreach (['a', 'b', 'c'] as $key) {
        $storage->commit(0, [new Change(Change::PUT, 1, [$key, null, "text of $key"])]);
    }
    $rows = $storage->scan(0, new Range(1, descending: true));
    equal($rows->columnNames(), ['key', 'value', 'text', 'version']);
    equal($rows->next()['key'], 'c');
    equal(json_decode($rows->json(), true)[0]['text'], 'text of b', 'what is left as JSON');
    equal([$rows->column('key'), count($rows), $rows->next()], [['b', 'a'], 3, null]);
}

function a_text_with_a_nul_is_refused_instead_of_cut(): void
{
    $storage = Storage::memory();
    throws(\Adsync\Exception\InvalidException::class, static fn () => $storage->org("acme\0evil", true), 'NUL');
    $engine = new Engine($storage);
    throws(\Adsync\Exception\InvalidException::class, static fn () => $engine->app('meta', 'id', 'secret', scopes: "a\0b"), 'NUL');
}

function a_vault_gives_back_any_bytes_and_only_as_sealed(): void
{
    $vault = new Vault(Storage::memory(), Keys::file(key_file()));
    $secret = random_bytes(100) . "\0\0";
    $sealed = $vault->seal('acme', 'a note', 1, $secret);
    equal($vault->unseal('acme', 'a note', 1, $sealed), $secret);
    equal($vault->unseal('acme', 'a note', 1, $vault->seal('acme', 'a note', 1, '')), '');
    throws(\Adsync\Exception\ForgedException::class, static fn () => $vault->unseal('acme', 'a note', 2, $sealed));
    $vault->rotate('acme');
    equal($vault->unseal('acme', 'a note', 1, $sealed), $secret, 'after a rotation');
    equal($vault->rewrap(), 0);
}

function a_key_service_of_the_application_wraps(): void
{
    $service = new class() implements KeyService {
        public bool $away = false;
        public array $orgs = [];

        public function wrap(string $org, #[\SensitiveParameter] string $key): string
        {
            $this->orgs[] = $org;

            return strrev($key) . $org;
        }

        public function unwrap(string $org, string $master, string $wrapped): string
        {
            if ($this->away) {
                throw new \Adsync\Exception\TransientException('the service is away');
            }

            return strrev(substr($wrapped, 0, strlen($wrapped) - strlen($org)));
        }
    };
    $storage = Storage::memory();
    $sealed = (new Vault($storage, Keys::service($service, 'm1')))->seal('acme', 'a note', 1, 'secret');
    true(in_array('acme', $service->orgs, true), 'the organisation is bound');
    $vault = new Vault($storage, Keys::service($service, 'm1'));
    $service->away = true;
    throws(\Adsync\Exception\TransientException::class, static fn () => $vault->unseal('acme', 'a note', 1, $sealed), 'the service is away');
    $service->away = false;
    equal($vault->unseal('acme', 'a note', 1, $sealed), 'secret');
}

function a_host_has_a_clock_and_a_log(): void
{
    $lines = [];
    $now = 1_800_000_000_000_000;
    $host = new Host(static function (int $level, string $json) use (&$lines): void {
        $lines[] = [$level, json_decode($json, true, 512, JSON_THROW_ON_ERROR)];
    }, static fn (): int => $now);
    $engine = new Engine(Storage::memory(), Keys::file(key_file()), host: $host);
    $engine->app('meta', 'id', 'secret', redirectUri: 'https://example.com/connected');
    $begun = $engine->oauth->begin('acme', 'meta', 'a session');
    equal($begun['expires_us'], $now + 600_000_000, 'ten minutes by that clock');
    $engine->step();
    $broken = new Host(static fn () => null, static fn () => throw new \DomainException('no time'));
    throws(\DomainException::class, static fn () => new Engine(Storage::memory(), Keys::file(key_file()), host: $broken), 'no time');
}

function formats_are_those_of_the_library(): void
{
    equal(Format::money(12_500_000, 'EUR'), '12.50 EUR');
    equal(Format::money(-1, 'USD'), '-0.000001 USD');
    equal(Format::day(20261120), '2026-11-20');
    equal(Format::time(-1)->format('Y-m-d H:i:s.u'), '1969-12-31 23:59:59.999999');
    equal(Format::time(1_795_201_627_014_552)->format('U.u'), '1795201627.014552');
}

function secrets_stay_out_of_stack_traces(): void
{
    ini_set('zend.exception_ignore_args', '0');
    $backend = before();
    $engine = new Engine(Storage::of($backend), Keys::file(key_file()));
    $engine->app('meta', 'id', 'planted-secret');
    $shown = static function (string $class) use ($engine): string {
        $e = throws($class, static function () use ($engine): void {
            $engine->grants->add('acme', (string) getenv('PLATFORM'), 'planted-token', refreshToken: 'planted-refresh');
        });
        true(str_contains(print_r($e->getTrace(), true), 'acme'), 'arguments are in the trace at all');
        $of_c = array_filter(array_merge(...array_column($e->getTrace(), 'args')), static fn (mixed $a): bool => $a instanceof \FFI\CData);
        equal(count($of_c), 0, 'what lies in C and is soon gone');

        return print_r($e->getTrace(), true) . $e;
    };
    putenv('PLATFORM=nowhere');
    true(!str_contains($shown(\Adsync\Exception\NotFoundException::class), 'planted'), 'of a refused call');
    putenv('PLATFORM=meta');
    $backend->does = static fn () => throw new \DomainException('inside');
    true(!str_contains($shown(\DomainException::class), 'planted'), 'of an exception inside a callback');
    ini_set('zend.exception_ignore_args', '1');
    $backend->does = null;
}

function every_class_lies_where_an_autoloader_looks_for_it(): void
{
    $psr4 = json_decode(file_get_contents(__DIR__ . '/../composer.json'), true, 512, JSON_THROW_ON_ERROR)['autoload']['psr-4'];
    equal($psr4, ['Adsync\\' => 'src/']);
    $src = realpath(__DIR__ . '/../src');
    $n = 0;
    foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($src, \FilesystemIterator::SKIP_DOTS)) as $file) {
        $class = 'Adsync\\' . strtr(substr($file->getPathname(), strlen($src) + 1, -4), '/', '\\');
        true(class_exists($class) || interface_exists($class), $class);
        equal((new \ReflectionClass($class))->getFileName(), $file->getPathname());
        $n++;
    }
    true($n > 40, "$n classes");
}

function everything_public_is_documented(): void
{
    foreach (get_declared_classes() as $class) {
        $of = new \ReflectionClass($class);
        if (!str_starts_with($class, 'Adsync\\') || str_starts_with($class, 'Adsync\\Tests') || $of->isAnonymous()) {
            continue;
        }
        true($of->getDocComment() !== false, $class);
        if (str_contains((string) $of->getDocComment(), '@internal')) {
            continue;
        }
        foreach ($of->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
            $inherited = array_filter($of->getInterfaces(), static fn (\ReflectionClass $i): bool => $i->hasMethod($method->name));
            true($method->getDocComment() !== false || $inherited || $method->isConstructor() || $method->isInternal() || $method->getDeclaringClass() != $of
                || $method->isDestructor(), "$class::$method->name");
        }
    }
}

function what_is_not_there_is_said_in_words(): void
{
    $run = static function (string $code, string ...$env): string {
        exec(implode(' ', $env) . ' ' . PHP_BINARY . ' -d ffi.enable=1 -r ' . escapeshellarg('require "' . __DIR__ . '/../autoload.php"; try {' . $code
            . '} catch (Adsync\Exception\UnsupportedException $e) { echo $e->getMessage(); }') . ' 2>&1', $lines);

        return implode("\n", $lines);
    };
    true(str_contains($run('Adsync\Library::version();', 'ADSYNC_DECLARATIONS=/nowhere'), 'ADSYNC_DECLARATIONS'), 'no declarations');
    true(str_contains($run('Adsync\Library::version();', 'ADSYNC_LIBRARIES=/nowhere', 'LD_LIBRARY_PATH='), 'ADSYNC_LIBRARIES')
        || is_file('/usr/local/lib/x86_64-linux-gnu/libadsync.so.0.1'), 'no library');
    $core = explode(':', getenv('ADSYNC_LIBRARIES'))[0];
    true(str_contains($run('Adsync\Storage::sqlite("x.db");', "ADSYNC_LIBRARIES=$core", 'LD_LIBRARY_PATH='), 'libadsync-sqlite'), 'no adapter');
}

run(__FILE__);
