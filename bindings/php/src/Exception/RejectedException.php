<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_REJECTED: understood and refused. */
final class RejectedException extends AdsyncException
{
    public const STATUS = -12;
}
