<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Options;

/** How long a call that goes to a platform may wait, and who asks (adsync_call). */
final class Call
{
    /** Return Status::Pending at once. */
    public const NO_WAIT = -1;

    /**
     * @param int         $waitUs microseconds; 0: 30 s; NO_WAIT
     * @param string|null $actor  who asks, for the audit
     */
    public function __construct(public readonly int $waitUs = 0, public readonly ?string $actor = null)
    {
    }

    /** Waits so many seconds. */
    public static function seconds(float $seconds, ?string $actor = null): self
    {
        return new self((int) ($seconds * 1e6), $actor);
    }

    /** @internal */
    public static function options(?self $call): Options
    {
        return new Options('adsync_call', ['wait_us' => $call?->waitUs, 'actor' => $call?->actor]);
    }
}
