package io.twinlog.connect.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The plugins are a root: they wire capture and applier, and nobody knows them. */
@AnalyzeClasses(packages = "io.twinlog", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule nobody_knows_the_plugins = noClasses()
            .that()
            .resideOutsideOfPackage("io.twinlog.connect..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.twinlog.connect..")
            .because("capture and applier also run without Connect; what they need of it is Outlet and Inlet");

    @ArchTest
    static final ArchRule source_and_sink_do_not_know_each_other = noClasses()
            .that()
            .resideInAPackage("io.twinlog.connect.source..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.twinlog.connect.sink..", "io.twinlog.applier..")
            .because(
                    "a source connector captures, a sink connector applies; what both need stands in data and settings");

    @ArchTest
    static final ArchRule the_sandbox_stays_in_the_tests = noClasses()
            .that()
            .resideInAPackage("io.twinlog.connect..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.twinlog.sandbox..", "io.twinlog.cli..")
            .because("a plugin brings no servers and no command line");

    @ArchTest
    static final ArchRule packages_have_no_cycles = slices().matching("io.twinlog.connect.(**)")
            .should()
            .beFreeOfCycles()
            .because("a package is understood after those it uses");

    @ArchTest
    static final ArchRule statics_never_change = fields().that()
            .areStatic()
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .beFinal()
            .because("shared state hides who writes it; give the object that needs it to the constructor");
}
