<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

/**
 * The effects that the application may own (adsync_host): a log, and for tests the clock.
 *
 *     new Host(log: fn (int $level, string $json) => $psr3->log(Host::PSR_LEVELS[$level], $json))
 */
final class Host
{
    /** What PSR-3 calls the levels. */
    public const PSR_LEVELS = ['error', 'warning', 'info', 'debug', 'debug'];

    /**
     * @param \Closure(int, string): void|null $log how bad (ADSYNC_LOG_*: 0 error .. 4 trace) and one JSON object; secrets never appear in it
     * @param \Closure(): int|null             $now wall clock, microseconds UTC
     */
    public function __construct(public readonly ?\Closure $log = null, public readonly ?\Closure $now = null)
    {
    }
}
