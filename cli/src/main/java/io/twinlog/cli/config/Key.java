package io.twinlog.cli.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A key of the configuration file, described at the record component that receives its value. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {

    /** Stands as a name for every key that no other component of the record has; its type is a map of texts. */
    String ANY_OTHER = "*";

    /** As written in the file, within its section. */
    String name();

    /** One or two sentences for the reference page. */
    String text();

    /** What happens when the file does not have it. */
    Presence presence() default Presence.DEFAULTED;

    /** The value when the file does not have it, as one would write it; unused for sections. */
    String defaultValue() default "";

    /** The smallest value, as one would write it; empty: no limit. */
    String min() default "";

    /** The largest value, as one would write it; empty: no limit. */
    String max() default "";

    /** Whether the file must have a key. */
    enum Presence {
        /** Without it the file is refused. */
        REQUIRED,
        /** Without it the component is null, or an empty list. */
        OPTIONAL,
        /** Without it the default holds; for a section, the defaults of all its keys. */
        DEFAULTED
    }
}
