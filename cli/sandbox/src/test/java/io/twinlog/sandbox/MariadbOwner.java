package io.twinlog.sandbox;

import java.nio.file.Path;

/** A program that starts a server on a directory and is killed by its test. */
final class MariadbOwner {
    private MariadbOwner() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedMariadb.Builder builder = EmbeddedMariadb.builder().directory(Path.of(arguments[0]));
        if (arguments[1].equals("outlives")) {
            builder.outliveJvm();
        }
        EmbeddedMariadb mariadb = builder.start();
        mariadb.createDatabase("shop");
        mariadb.execute("shop", "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        System.out.println("server " + mariadb.pid());
        Thread.currentThread().join();
    }
}
