<?php
// SPDX-License-Identifier: MIT
// Tests are functions named as sentences; what they print is what the other tests of the library print.
declare(strict_types=1);

namespace Adsync\Tests;

error_reporting(E_ALL);
set_error_handler(static fn (int $level, string $message, string $file, int $line) => error_reporting() & $level
    ? throw new \ErrorException($message, 0, $level, $file, $line) : false);

function equal(mixed $got, mixed $wanted, string $what = ''): void
{
    if ($got !== $wanted) {
        throw new \RuntimeException("$what: " . substr(var_export($got, true), 0, 1500) . ' is not ' . substr(var_export($wanted, true), 0, 1500));
    }
}

function true(bool $value, string $what): void
{
    equal($value, true, $what);
}

/** @param class-string<\Throwable> $class */
function throws(string $class, \Closure $work, string $words = ''): \Throwable
{
    try {
        $work();
    } catch (\Throwable $e) {
        equal($e::class, $class, $e->getMessage());
        true(str_contains($e->getMessage(), $words), $e->getMessage() . " does not say '$words'");

        return $e;
    }
    throw new \RuntimeException("no $class was thrown");
}

/** A folder that is gone at the end. */
function folder(): string
{
    $folder = sys_get_temp_dir() . '/adsync-php-' . bin2hex(random_bytes(8));
    mkdir($folder, 0700);
    $process = getmypid();
    register_shutdown_function(static function () use ($folder, $process): void {
        if (getmypid() === $process) {
            exec('rm -rf ' . escapeshellarg($folder));
        }
    });

    return $folder;
}

/** Runs the tests of a file: its functions of three words and more, in the order in which they stand there. */
function run(string $file): never
{
    $failed = [];
    $tests = array_filter(get_defined_functions()['user'], static fn (string $name): bool => (new \ReflectionFunction($name))->getFileName() === $file
        && substr_count($name, '_') > 1);
    printf("[==========] Running %d test(s).\n", count($tests));
    foreach ($tests as $test) {
        $name = (new \ReflectionFunction($test))->getShortName();
        $begun = microtime(true);
        try {
            $test();
            printf("[       OK ] %s (%.1f s)\n", $name, microtime(true) - $begun);
        } catch (\Throwable $e) {
            $failed[] = $name;
            printf("[  FAILED  ] %s\n%s\n", $name, $e);
        }
    }
    printf("[==========] %d test(s) run.\n[  PASSED  ] %d test(s).\n", count($tests), count($tests) - count($failed));
    if ($failed) {
        printf("[  FAILED  ] %d test(s), listed below:\n%s\n", count($failed), implode("\n", $failed));
    }
    exit($failed ? 1 : 0);
}
