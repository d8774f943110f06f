package io.twinlog.sandbox;

import java.nio.file.Path;

/** A program that starts a server on a directory and is killed by its test. */
final class PostgresOwner {
    private PostgresOwner() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().directory(Path.of(arguments[0]));
        if (arguments[1].equals("outlives")) {
            builder.outliveJvm();
        }
        EmbeddedPostgres postgres = builder.start();
        postgres.execute("postgres", "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        System.out.println("server " + postgres.pid());
        if (arguments[2].equals("stays")) {
            Thread.currentThread().join();
        }
    }
}
