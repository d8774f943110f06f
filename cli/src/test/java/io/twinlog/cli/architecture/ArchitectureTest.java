package io.twinlog.cli.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The shape of the house. It lives in the command line because only this module sees all the others. */
@AnalyzeClasses(packages = "io.twinlog", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String SCHEMAS = "io.twinlog.schemas..";
    private static final String CAPTURE = "io.twinlog.capture..";
    private static final String APPLIER = "io.twinlog.applier..";
    private static final String SANDBOX = "io.twinlog.sandbox..";
    private static final String CLI = "io.twinlog.cli..";

    @ArchTest
    static final ArchRule schemas_knows_nobody = noClasses()
            .that()
            .resideInAPackage(SCHEMAS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CAPTURE, APPLIER, SANDBOX, CLI)
            .because("the contract outlives those who keep it; move what both sides need down into schemas")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule capture_knows_only_schemas = noClasses()
            .that()
            .resideInAPackage(CAPTURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(APPLIER, SANDBOX, CLI)
            .because(
                    "capture and applier meet only on the topic; put what both must agree on into schemas, wire in cli")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule applier_knows_only_schemas = noClasses()
            .that()
            .resideInAPackage(APPLIER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CAPTURE, SANDBOX, CLI)
            .because(
                    "capture and applier meet only on the topic; put what both must agree on into schemas, wire in cli")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule sandbox_knows_nobody = noClasses()
            .that()
            .resideInAPackage(SANDBOX)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SCHEMAS, CAPTURE, APPLIER, CLI)
            .because(
                    "the servers of the sandbox serve the tests of every module; put what knows the product beside its user")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule packages_have_no_cycles = slices().matching("io.twinlog.(**)")
            .should()
            .beFreeOfCycles()
            .because(
                    "a package is understood after those it uses; move the shared type down, or turn one direction into an interface")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule names_say_what_a_class_is = noClasses()
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Manager)")
            .because("such a name means that the idea has no name yet; make the method one of the type that it serves")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule statics_never_change = fields().that()
            .areStatic()
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .beFinal()
            .because("shared state hides who writes it; give the object that needs it to the constructor")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule packages_introduce_themselves = classes()
            .should(liveInAPackageWithPackageInfo())
            .because(
                    "package-info states the one idea of the package and makes its types non-null by default; write it first")
            .allowEmptyShould(true);

    private static ArchCondition<JavaClass> liveInAPackageWithPackageInfo() {
        return new ArchCondition<>("live in a package with a package-info that says @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean introduced = type.getPackage()
                        .tryGetPackageInfo()
                        .filter(info -> info.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                        .isPresent();
                events.add(new SimpleConditionEvent(
                        type, introduced, type.getFullName() + " lives in " + type.getPackageName()));
            }
        };
    }
}
