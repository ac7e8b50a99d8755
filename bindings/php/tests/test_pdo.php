<?php
// SPDX-License-Identifier: MIT
// A storage over PDO keeps every promise of doc/storage.md: test_pdo.php [DSN of an empty database]
declare(strict_types=1);

namespace Adsync\Tests;

use Adsync\Storage;
use Adsync\Storage\Change;
use Adsync\Storage\Range;
use Adsync\StorageCheck;
use PDO;

require __DIR__ . '/../autoload.php';
require __DIR__ . '/testing.php';
require __DIR__ . '/places.php';

const WORKERS = 4;
const KILLS = 12;

$folder = folder();
$dsn = $argv[1] ?? "sqlite:$folder/kit.db";
$place = new Place($dsn);

/** @return array{array<string, int>, list<array<string, mixed>>} results, what is broken */
function judged(\Adsync\Rows $report): array
{
    $rows = $report->toArray();

    return [array_count_values(array_column($rows, 'result')), array_values(array_filter($rows, static fn (array $row): bool => $row['result'] === 'broken'))];
}

function the_kit_finds_nothing_broken(): void
{
    global $place;
    Storage::of($place->backend())->close();
    $check = new StorageCheck(static fn () => Storage::of(new Faulty($place->backend())), $place->wipe(...), Faulty::failAt(...));
    [$results, $broken] = judged($check->run());
    equal($broken, [], 'broken');
    true($results['ok'] >= 65, json_encode($results));
}

function the_kit_sees_a_storage_that_breaks_a_promise(): void
{
    global $place;
    $check = new StorageCheck(static fn () => Storage::of(new class($place->backend()) implements \Adsync\Storage\Backend {
        public function __construct(private readonly \Adsync\Storage\Backend $behind)
        {
        }

        public function read(int $table, int $columns, array $keys, \Adsync\Storage\Sink $sink): void
        {
            $this->behind->read($table, $columns, $keys, $sink);
        }

        public function scan(Range $range, \Adsync\Storage\Sink $sink): void
        {
            $this->behind->scan($range, $sink);
        }

        public function commit(array $changes): array
        {
            return array_slice($this->behind->commit($changes), 0, 1); /* not every one: 2.3 */
        }

        public function close(): void
        {
            $this->behind->close();
        }
    }), $place->wipe(...));
    $broken = array_map(static fn (array $row): string => strtok($row['name'], ' '), judged($check->run())[1]);
    true(in_array('2.3', $broken, true), implode(' ', $broken));
}

function numbers_keep_all_64_bits_in_the_database_itself(): void
{
    global $place, $dsn;
    $place->wipe();
    $storage = Storage::of($place->backend());
    $numbers = [PHP_INT_MAX, PHP_INT_MIN, (1 << 53) + 1, -1];
    foreach ($numbers as $i => $number) {
        $storage->commit(0, [new Change(Change::PUT, 1, ["n$i", $number], Change::EXPECT_ABSENT)]);
    }
    $rows = $storage->read(0, 1, [['n0'], ['n1'], ['n2'], ['n3']])->toArray();
    usort($rows, static fn (array $a, array $b): int => $a['key'] <=> $b['key']);
    equal(array_column($rows, 'value'), $numbers);
    equal((new PDO($dsn))->query('SELECT "value" FROM "adsync_meta" ORDER BY "key"')->fetchAll(PDO::FETCH_COLUMN), $numbers, 'past the library');
}

function a_shared_connection_is_refused(): void
{
    global $dsn;
    $db = new PDO($dsn);
    $db->beginTransaction();
    throws(\Adsync\Exception\StorageException::class, static fn () => new Storage\PdoBackend(static fn () => $db), 'one of its own');
    $db->rollBack();
    $storage = Storage::of(new Storage\PdoBackend(static fn () => $db));
    $db->beginTransaction();
    throws(\Adsync\Exception\StorageException::class, static fn () => $storage->org('acme', true), 'one of its own');
    $db->rollBack();
    true($storage->org('acme', true) > 0, 'it works afterwards');
}

/** A connection on which the next COMMIT fails, before it took effect or after. */
final class Cut extends PDO
{
    /** @var array{string, int, string}|null */
    public ?array $with = null;
    public bool $after = false;

    public function exec(string $statement): int|false
    {
        if ($statement !== 'COMMIT' || $this->with === null) {
            return parent::exec($statement);
        }
        $failure = new \PDOException('the answer was cut');
        $failure->errorInfo = $this->with;
        $this->with = null;
        if ($this->after) {
            parent::exec('COMMIT');
        }
        throw $failure;
    }
}

function a_commit_whose_answer_is_lost_is_uncertain_and_found_out_by_the_library(): void
{
    global $dsn;
    $db = new Cut($dsn);
    $backend = new Storage\PdoBackend(static fn () => $db);
    $put = static fn (string $key): Change => new Change(Change::PUT, 1, [$key, 1], Change::EXPECT_ABSENT, 7);
    foreach ([false, true] as $db->after) {
        $db->with = ['HY000', 10, 'disk I/O error'];
        throws(\Adsync\Exception\UncertainException::class, static fn () => $backend->commit([$put('cut ' . (int) $db->after)]));
    }
    $db->with = str_starts_with($dsn, 'sqlite:') ? ['HY000', 5, 'database is locked'] : ['40001', 7, 'serialization failure'];
    $db->after = false;
    throws(\Adsync\Exception\RetryException::class, static fn () => $backend->commit([$put('busy')]));
    $storage = Storage::of($backend);
    equal(array_column($storage->read(0, 1, [['cut 0'], ['cut 1'], ['busy']])->toArray(), 'key'), ['cut 1'], 'what was applied');
    foreach ([false, true] as $db->after) {
        $db->with = ['HY000', 10, 'disk I/O error'];
        true($storage->org('lost ' . (int) $db->after, true) > 0, 'the library reads, and knows');
    }
}

function the_c_adapter_reads_what_pdo_wrote_and_the_other_way_round(): void
{
    global $dsn;
    $ours = Storage::of((new Place($dsn))->backend());
    $theirs = str_starts_with($dsn, 'sqlite:') ? Storage::sqlite(substr($dsn, 7)) : Storage::postgres(strtr(substr($dsn, 6), ';', ' '));
    equal($theirs->org('from PHP', true), $ours->org('from PHP'));
    equal($ours->org('from C', true), $theirs->org('from C'));
}

if (str_starts_with($dsn, 'pgsql:')) { /* a file is no connection that could be lost */
    function a_lost_connection_is_made_again(): void
    {
        global $dsn;
        $cut = static fn () => (new PDO($dsn))->query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mine'")->fetchAll();
        $backend = new Storage\PdoBackend(static fn () => new PDO($dsn . ";application_name='mine'"));
        $storage = Storage::of($backend);
        $acme = $storage->org('acme', true);
        for ($i = 0; $i < 3; $i++) {
            equal(count($cut()), 1, 'connections of ours');
            $failed = 0;
            do {
                try {
                    equal($storage->org($i ? "new $i" : 'acme', true) > 0, true);
                    break;
                } catch (\Adsync\Exception\RetryException) {
                    true(++$failed < 3, 'it stays lost');
                }
            } while (true);
        }
        equal($storage->org('acme'), $acme);
        $cut();
        unset($storage);
        throws(\Adsync\Exception\StorageException::class, static fn () => new Storage\PdoBackend(static fn () => new PDO("$dsn;host=/nowhere")));
    }
}

/** @return resource */
function worker(int $seed, int $role)
{
    global $dsn, $folder;
    $command = [PHP_BINARY, '-d', 'ffi.enable=1', __DIR__ . '/kit_worker.php', $dsn, (string) $seed, (string) $role, "$folder/logs/$role-$seed.log"];

    return proc_open($command, [1 => STDERR, 2 => STDERR], $pipes);
}

/** Waits for a worker's end: it was killed, or ended well. @param resource $process */
function reaped($process): bool
{
    do {
        $status = proc_get_status($process);
    } while ($status['running'] && usleep(5000) === null);
    proc_close($process);
    true($status['signaled'] || $status['exitcode'] === 0, 'a worker ended with ' . $status['exitcode']);

    return $status['signaled'];
}

function processes_that_are_killed_and_started_again_leave_one_history(): void
{
    global $place, $folder;
    $place->wipe();
    mkdir("$folder/logs");
    mt_srand(7);
    $starts = $killed = 0;
    $crew = [];
    for ($role = 0; $role < WORKERS; $role++) {
        $crew[$role] = worker(++$starts, $role);
    }
    for ($i = $role = 0; $killed < KILLS && $i < 200; $i++) {
        usleep(mt_rand(20000, 300000));
        $role = $i % 2 ? $role : mt_rand(0, WORKERS - 1); /* every other time the youngest: the older ones may have ended */
        proc_terminate($crew[$role], SIGKILL); /* one that has ended by itself is only looked at */
        $killed += (int) reaped($crew[$role]);
        $crew[$role] = worker(++$starts, $role);
    }
    array_map(reaped(...), $crew);
    [$results, $broken] = judged((new StorageCheck(static fn () => Storage::of($place->backend())))->verify("$folder/logs"));
    equal($broken, [], 'broken');
    true($killed === KILLS && $results['ok'] > 5, "$killed killed, " . json_encode($results));
}

run(__FILE__);
