<?php
// SPDX-License-Identifier: MIT
// For programs without Composer: require this file. Composer's own autoloader does the same from composer.json.
declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (!str_starts_with($class, 'Adsync\\')) {
        return;
    }
    $file = __DIR__ . '/src/' . strtr(substr($class, 7), '\\', '/') . '.php';
    if (is_file($file)) {
        require $file;
    }
});
