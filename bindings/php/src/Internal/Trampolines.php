<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Internal;

use Adsync\Exception\AdsyncException;
use Adsync\Exception as Failure;
use Adsync\Host;
use Adsync\KeyService;
use Adsync\Library;
use Adsync\Storage;
use Adsync\Storage\Backend;
use Adsync\Storage\Change;
use Adsync\Storage\Range;
use Adsync\Storage\Sink;
use FFI\CData;

/**
 * The C functions through which the library calls PHP. PHP frees such a function only when a request ends, so each is made once and
 * serves all objects: `user` is a number that says which. No exception may pass through C: it is caught here, answered as a status, and
 * thrown again by the call that C was in.
 *
 * @internal
 */
final class Trampolines
{
    private const E_STORAGE = -6;
    private const E_HOST = -17;
    private const E_CONFLICT = -5;
    /* what a backend may answer with meaning; all else is the host's own failure */
    private const ANSWERS = [Failure\StorageException::class, Failure\RetryException::class, Failure\UncertainException::class,
        Failure\TooBigException::class, Failure\UnsupportedException::class, Failure\MemoryException::class];
    private const KEY_ANSWERS = [Failure\TransientException::class, Failure\PermissionException::class, Failure\CancelledException::class,
        Failure\MemoryException::class];

    /** @var array<int, object> */
    private static array $objects = [];
    private static int $last = 0;
    /** @var array<string, CData> tables of callbacks, kept alive */
    private static array $tables = [];
    private static ?\Throwable $late = null;

    /** Gives an object the number by which C knows it. */
    public static function add(object $object): int
    {
        self::$objects[++self::$last] = $object;

        return self::$last;
    }

    public static function remove(int $number): void
    {
        unset(self::$objects[$number]);
    }

    /** What a callback failed with that had no way to say so. */
    public static function late(): ?\Throwable
    {
        $late = self::$late;
        self::$late = null;

        return $late;
    }

    /** Throws that. */
    public static function rethrow(): void
    {
        if (self::$late !== null) {
            throw self::late();
        }
    }

    /** The callbacks of a storage: its table, with `user` set. */
    public static function storage(Backend $backend, int $number): CData
    {
        $ops = Library::make('adsync_storage_ops');
        \FFI::memcpy($ops, self::$tables['storage'] ??= self::storageTable(), \FFI::sizeof($ops));
        $ops->user = Memory::pointer($number);
        if (!$backend instanceof Storage\Erasing) {
            $ops->erase = null;
        }
        if (!$backend instanceof Storage\Timed) {
            $ops->now = null;
        }
        if (!$backend instanceof Storage\Notifying) {
            $ops->notify = null;
        }

        return $ops;
    }

    /** The callbacks of the kit. */
    public static function check(int $number): CData
    {
        $options = Library::make('adsync_storage_check_options');
        \FFI::memcpy($options, self::$tables['check'] ??= self::checkTable(), \FFI::sizeof($options));
        $options->user = Memory::pointer($number);

        return $options;
    }

    /** The callbacks of a key management service. */
    public static function keys(int $number): CData
    {
        $ops = Library::make('adsync_key_ops');
        \FFI::memcpy($ops, self::$tables['keys'] ??= self::keyTable(), \FFI::sizeof($ops));
        $ops->user = Memory::pointer($number);

        return $ops;
    }

    /** The callbacks of a host; a slot that it does not fill is the library's own. */
    public static function host(Host $host, int $number): CData
    {
        $table = Library::make('adsync_host');
        \FFI::memcpy($table, self::$tables['host'] ??= self::hostTable(), \FFI::sizeof($table));
        $table->user = Memory::pointer($number);
        if ($host->log === null) {
            $table->log = null;
        }
        if ($host->now === null) {
            $table->now_us = null;
        }

        return $table;
    }

    /** @param list<class-string> $answers exceptions that are statuses of their own */
    private static function guard(?CData $error, array $answers, \Closure $work): int
    {
        try {
            return $work() ?? 0;
        } catch (\Throwable $e) {
            return Errors::give($e instanceof AdsyncException && in_array($e::class, $answers, true) ? $e::STATUS : self::E_HOST, $e, $error);
        }
    }

    private static function answer(CData $sink, \Closure $work): void
    {
        $to = new Sink($sink);
        try {
            $work($to);
        } finally {
            $to->end();
        }
    }

    private static function quiet(\Closure $work): mixed
    {
        try {
            return $work();
        } catch (\Throwable $e) {
            self::$late ??= $e;

            return null;
        }
    }

    private static function object(?CData $user): object
    {
        return self::$objects[Memory::address($user)] ?? throw new \LogicException('a callback came for an object that is gone');
    }

    private static function close(?CData $user): void
    {
        self::quiet(static function () use ($user): void {
            $object = self::object($user);
            self::remove(Memory::address($user));
            $object->close();
        });
    }

    private static function storageTable(): CData
    {
        $ops = Library::make('adsync_storage_ops');
        $ops->size = \FFI::sizeof($ops);
        $ops->read = static fn ($user, $table, $columns, $keys, $n, $sink, $error) => self::guard(
            $error,
            self::ANSWERS,
            static function () use ($user, $table, $columns, $keys, $n, $sink): void {
                $width = Storage::keyWidth($table);
                $values = Memory::values(Memory::address($keys), $n * $width);
                $keys = array_chunk($values, $width);
                self::answer($sink, static fn (Sink $to) => self::object($user)->read($table, $columns, $keys, $to));
            }
        );
        $ops->scan = static fn ($user, $range, $sink, $error) => self::guard(
            $error,
            self::ANSWERS,
            static fn () => self::answer($sink, static fn (Sink $to) => self::object($user)->scan(self::range($range), $to))
        );
        $ops->commit = static fn ($user, $changes, $n, $conflicts, $error) => self::guard(
            $error,
            self::ANSWERS,
            static fn () => self::conflicts(self::object($user)->commit(self::changes($changes, $n)), $conflicts)
        );
        $ops->close = static fn ($user) => self::close($user);
        $ops->notify = static function ($user): void {
            self::quiet(static fn () => self::object($user)->notify());
        };
        $ops->erase = static fn ($user, $table, $prefix, $n, $limit, $left, $error) => self::guard(
            $error,
            self::ANSWERS,
            static function () use ($user, $table, $prefix, $n, $limit, $left): void {
                $left[0] = (int) self::object($user)->erase($table, Memory::values(Memory::address($prefix), $n), $limit);
            }
        );
        $ops->now = static fn ($user, $time, $error) => self::guard($error, self::ANSWERS, static function () use ($user, $time): void {
            $time[0] = self::object($user)->now();
        });

        return $ops;
    }

    private static function checkTable(): CData
    {
        $options = Library::make('adsync_storage_check_options');
        $options->size = \FFI::sizeof($options);
        $options->open = static fn ($user, $out, $error) => self::guard($error, self::ANSWERS, static function () use ($user, $out): void {
            $out[0] = (self::object($user)->open)()->release();
        });
        $options->wipe = static fn ($user, $error) => self::guard($error, self::ANSWERS, static function () use ($user): void {
            (self::object($user)->wipe)();
        });
        $options->fail_at = static fn ($user, $nth, $after) => self::guard(null, [], static function () use ($user, $nth, $after): void {
            (self::object($user)->failAt)($nth, $after !== 0);
        });

        return $options;
    }

    private static function keyTable(): CData
    {
        $ops = Library::make('adsync_key_ops');
        $ops->size = \FFI::sizeof($ops);
        $answer = static function (CData $sink, #[\SensitiveParameter] string $bytes): int {
            return Library::ffi()->adsync_sink_bytes($sink, $bytes, strlen($bytes));
        };
        $ops->wrap = static fn ($user, $org, $key, $size, $sink, $error) => self::guard(
            $error,
            self::KEY_ANSWERS,
            static fn () => $answer($sink, self::object($user)->wrap($org, Memory::bytes(Memory::address($key), $size)))
        );
        $ops->unwrap = static fn ($user, $org, $master, $wrapped, $size, $sink, $error) => self::guard(
            $error,
            self::KEY_ANSWERS,
            static fn () => $answer($sink, self::object($user)->unwrap($org, $master, Memory::bytes(Memory::address($wrapped), $size)))
        );
        $ops->close = static function ($user): void {
            self::remove(Memory::address($user));
        };

        return $ops;
    }

    private static function hostTable(): CData
    {
        $table = Library::make('adsync_host');
        $table->size = \FFI::sizeof($table);
        $table->now_us = static fn ($user) => self::quiet(static fn (): int => (self::object($user)->now)()) ?? (int) (microtime(true) * 1e6);
        $table->log = static function ($user, $level, $json): void {
            self::quiet(static fn () => (self::object($user)->log)($level, $json));
        };

        return $table;
    }

    private static function range(CData $range): Range
    {
        $n = unpack('V8n/Plower/Pupper', \FFI::string($range, 48));

        return new Range($n['n1'], $n['n2'], Memory::values($n['lower'], $n['n6']), Memory::values($n['upper'], $n['n7']), $n['n4'],
            ($n['n3'] & 1) !== 0, ($n['n3'] & 2) !== 0, $n['n5'], ($n['n3'] & 4) !== 0);
    }

    /** @return list<Change> */
    private static function changes(CData $changes, int $n): array
    {
        $numbers = unpack('q*', \FFI::string($changes, 40 * $n));
        $list = [];
        for ($i = 1; $i <= 5 * $n; $i += 5) {
            $list[] = new Change($numbers[$i] & 0xffffffff, $numbers[$i] >> 32, Memory::values($numbers[$i + 3], $numbers[$i + 4] & 0xffffffff),
                $numbers[$i + 1], $numbers[$i + 2]);
        }

        return $list;
    }

    /** @param list<int> $positions */
    private static function conflicts(array $positions, CData $sink): int
    {
        foreach ($positions as $position) {
            if (Library::ffi()->adsync_sink_conflict($sink, $position) < 0) {
                return self::E_STORAGE;
            }
        }

        return $positions ? self::E_CONFLICT : 0;
    }
}
