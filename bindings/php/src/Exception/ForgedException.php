<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_FORGED: a signature, state or seal that does not verify. */
final class ForgedException extends AdsyncException
{
    public const STATUS = -14;
}
