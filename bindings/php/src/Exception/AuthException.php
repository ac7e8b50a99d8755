<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_AUTH: a person has to connect again. */
final class AuthException extends AdsyncException
{
    public const STATUS = -8;
}
