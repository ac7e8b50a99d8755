<?php
// SPDX-License-Identifier: MIT
// Databases under PDO that the tests try; a worker process finds the same one by its name.
declare(strict_types=1);

namespace Adsync\Tests;

use Adsync\Exception\StorageException;
use Adsync\Exception\UncertainException;
use Adsync\Schema;
use Adsync\Storage\Change;
use Adsync\Storage\Erasing;
use Adsync\Storage\PdoBackend;
use Adsync\Storage\Range;
use Adsync\Storage\Sink;
use PDO;

/** A DSN as a database to open and to empty. */
final class Place
{
    public function __construct(private readonly string $dsn)
    {
    }

    public function backend(): PdoBackend
    {
        return new PdoBackend(fn () => new PDO($this->dsn));
    }

    public function wipe(): void
    {
        $db = new PDO($this->dsn);
        if (str_starts_with($this->dsn, 'sqlite:')) {
            $db->exec('PRAGMA busy_timeout = 10000');
        }
        foreach (Schema::tables() as $table) {
            $db->exec("DELETE FROM \"adsync_$table->name\"");
        }
    }
}

/** Fails the n-th call of any backend that it stands before. */
final class Faulty implements Erasing
{
    public static int $left = 0;
    public static bool $after = false;

    public function __construct(private readonly Erasing $behind)
    {
    }

    public static function failAt(int $nth, bool $after): void
    {
        [self::$left, self::$after] = [$nth, $after];
    }

    public function read(int $table, int $columns, array $keys, Sink $sink): void
    {
        $this->through(false, fn () => $this->behind->read($table, $columns, $keys, $sink));
    }

    public function scan(Range $range, Sink $sink): void
    {
        $this->through(false, fn () => $this->behind->scan($range, $sink));
    }

    public function commit(array $changes): array
    {
        return $this->through(true, fn () => $this->behind->commit($changes));
    }

    public function erase(int $table, array $prefix, int $limit): bool
    {
        return $this->through(false, fn () => $this->behind->erase($table, $prefix, $limit));
    }

    public function close(): void
    {
        $this->behind->close();
    }

    private function through(bool $commits, \Closure $work): mixed
    {
        $fails = self::$left > 0 && --self::$left === 0;
        if ($fails && !self::$after) {
            throw new StorageException('this call was to fail');
        }
        $answer = $work();
        if ($fails) {
            throw $commits ? new UncertainException('the answer was to be lost') : new StorageException('this call was to fail');
        }

        return $answer;
    }
}
