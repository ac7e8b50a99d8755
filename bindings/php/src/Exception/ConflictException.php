<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_CONFLICT: a version moved: somebody else was first. */
final class ConflictException extends AdsyncException
{
    public const STATUS = -5;
}
