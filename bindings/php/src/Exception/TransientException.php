<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_TRANSIENT: network or platform trouble: later is fine. */
final class TransientException extends AdsyncException
{
    public const STATUS = -11;
}
