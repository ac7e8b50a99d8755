<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Exception\RejectedException;
use Adsync\Internal\Trampolines;
use FFI;
use FFI\CData;

/**
 * The conformance kit: proves a storage of the application's own against doc/storage.md (adsync_storage_check ..). Run it on a database
 * of its own, whose tables are emptied again and again.
 */
final class StorageCheck
{
    private readonly int $number;

    /**
     * @param \Closure(): Storage              $open   one more handle on the same rows
     * @param \Closure(): void|null            $wipe   empties all tables; not needed for worker() and verify()
     * @param \Closure(int, bool): void|null   $failAt the n-th call of a backend from now fails, 1 being the next, before it took effect
     *                                                 or after (true: a commit throws UncertainException); 0: no more
     */
    public function __construct(\Closure $open, private readonly ?\Closure $wipe = null, private readonly ?\Closure $failAt = null)
    {
        $this->number = Trampolines::add(new class($open, $wipe, $failAt) {
            public function __construct(public readonly \Closure $open, public readonly ?\Closure $wipe, public readonly ?\Closure $failAt)
            {
            }
        });
    }

    /**
     * Checks what one process can show.
     *
     * @return Rows name, result ("ok", "broken", "skipped"), message; one per promise
     */
    public function run(int $seed = 1): Rows
    {
        $out = Library::make('adsync_rows *');
        $options = $this->options();
        $options->seed = $seed;

        return self::report($out, static fn () => Library::raw('adsync_storage_check', FFI::addr($options), FFI::addr($out)));
    }

    /**
     * One of several processes at work on one storage, which may be killed and started again at any time.
     *
     * @param int      $seed different for each start
     * @param int      $role from 0; each worker's own
     * @param string   $log  its own file for each start, named *.log
     */
    public function worker(int $seed, int $role, string $log): void
    {
        $file = fopen($log, 'a');
        /* PHP does not tell a stream's descriptor: it is the one in /proc that leads to the file */
        foreach (scandir('/proc/self/fd') ?: [] as $fd) {
            if (@readlink("/proc/self/fd/$fd") === realpath($log)) {
                Library::raw('adsync_storage_check_worker', FFI::addr($this->options()), $seed, $role, (int) $fd);
                fclose($file);

                return;
            }
        }
        throw new RejectedException("$log has no descriptor", 'php.descriptor');
    }

    /** Judges what the workers left, as run() does. */
    public function verify(string $logDirectory): Rows
    {
        $out = Library::make('adsync_rows *');
        $options = $this->options();

        return self::report($out, static fn () => Library::call('adsync_storage_check_verify', FFI::addr($options), $logDirectory, FFI::addr($out)));
    }

    public function __destruct()
    {
        Trampolines::remove($this->number);
    }

    private function options(): CData
    {
        $options = Trampolines::check($this->number);
        if ($this->wipe === null) {
            $options->wipe = null;
        }
        if ($this->failAt === null) {
            $options->fail_at = null;
        }

        return $options;
    }

    private static function report(#[\SensitiveParameter] CData $out, \Closure $call): Rows
    {
        try {
            $call();
        } catch (RejectedException $e) {
            if (FFI::isNull($out)) {
                throw $e;
            }
        }

        return new Rows($out);
    }
}
