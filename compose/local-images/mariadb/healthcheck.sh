#!/usr/bin/env bash
# Whether the server answers by TCP; the options of the public image's script mean no less.
exec mariadb --no-defaults -h 127.0.0.1 -uroot -p"$MARIADB_ROOT_PASSWORD" -e 'SELECT 1' > /dev/null
