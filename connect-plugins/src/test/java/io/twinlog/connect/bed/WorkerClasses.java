package io.twinlog.connect.bed;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * The class path of this JVM as that of a worker would be: without anything of ours, so that plugins come from {@code plugin.path} alone. Given
 * a class on both, Connect takes that of the class path. Logging is shared, so that tests can read it.
 */
final class WorkerClasses extends URLClassLoader {

    private static final List<String> SHARED =
            List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", "org.slf4j.", "ch.qos.logback.");

    WorkerClasses() {
        // The JDK looks for services of its own, such as random numbers, in modules of the loader of the class path.
        super("worker", urls(), ClassLoader.getSystemClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (SHARED.stream().anyMatch(name::startsWith)) {
            try {
                return super.loadClass(name, resolve);
            } catch (ClassNotFoundException e) {
                return findClass(name);
            }
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? ownClass(name) : known;
        }
    }

    private Class<?> ownClass(String name) throws ClassNotFoundException {
        try {
            return findClass(name);
        } catch (ClassNotFoundException e) {
            return getPlatformClassLoader().loadClass(name);
        }
    }

    @Override
    public URL getResource(String name) {
        URL own = findResource(name);
        return own == null ? getPlatformClassLoader().getResource(name) : own;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> all = Collections.list(findResources(name));
        all.addAll(Collections.list(getPlatformClassLoader().getResources(name)));
        return Collections.enumeration(all);
    }

    private static URL[] urls() {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (!path.getFileName().toString().startsWith("twinlog-")
                    && !path.toFile().isDirectory()) {
                try {
                    urls.add(path.toUri().toURL());
                } catch (MalformedURLException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return urls.toArray(URL[]::new);
    }
}
