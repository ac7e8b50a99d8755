<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

use Adsync\Internal\Handle;
use FFI;

/** What is left of each platform's limits (adsync_limiter), as all processes of a storage see it. */
final class Limiter
{
    private const MAX = 1000;

    private readonly Handle $handle;

    public function __construct(Storage $storage)
    {
        $out = Library::make('adsync_limiter *');
        Library::call('adsync_limiter_open', $storage->pointer(), null, FFI::addr($out));
        $this->handle = new Handle($out, 'adsync_limiter_free');
    }

    /**
     * A row per window of a key (adsync_limiter_list): key, window, permits, used, left, pace, until_us, updated_us.
     *
     * @param string|null $after the last key of the page before
     * @param int         $max   how many keys, 1 to 1,000
     */
    public function list(?string $after = null, int $max = self::MAX): Rows
    {
        $out = Library::make('adsync_rows *');
        Library::call('adsync_limiter_list', $this->handle->get(), $after, $max, FFI::addr($out));

        return new Rows($out);
    }
}
