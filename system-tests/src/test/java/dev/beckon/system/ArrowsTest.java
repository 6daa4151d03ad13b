package dev.beckon.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of ARCHITECTURE.md: an arrow is the only direction in which one module may depend on another. */
class ArrowsTest {
    private static final String API = "dev.beckon";
    private static final String SESSION = "dev.beckon.session..";
    private static final String XMPP = "dev.beckon.xmpp..";
    private static final String LOCAL = "dev.beckon.local..";
    private static final String AGENT = "dev.beckon.agent..";
    private static final String WINDOW = "dev.beckon.agent.window..";
    private static final String SERVICE = "dev.beckon.service..";
    private static final String CLI = "dev.beckon.cli..";
    private static final String SAMPLES = "dev.beckon.samples..";

    private static final JavaClasses BECKON = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.beckon");

    @Test
    void apiNeedsNothing() {
        classes()
                .that()
                .resideInAPackage(API)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(API, "java..", "javax.crypto..", "org.jspecify..")
                .check(BECKON);
    }

    @Test
    void sessionUsesTheApiAlone() {
        mayUse(SESSION, API);
    }

    @Test
    void sessionDoesNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAPackage(SESSION)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net.http..", "java.sql..")
                                .or(named("java.net.Socket", "java.net.ServerSocket", "java.net.DatagramSocket"))
                                .or(named("java.io.File", "java.io.FileInputStream", "java.io.FileOutputStream"))
                                .or(named("java.lang.Process", "java.lang.ProcessBuilder", "java.lang.Runtime")))
                .check(BECKON);
    }

    @Test
    void xmppUsesSessionAndApi() {
        mayUse(XMPP, SESSION, API);
    }

    @Test
    void xmppAloneKnowsSmack() {
        noClasses()
                .that()
                .resideOutsideOfPackage(XMPP)
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.jivesoftware..", "org.jxmpp.."))
                .check(BECKON);
    }

    @Test
    void localUsesTheApiAlone() {
        mayUse(LOCAL, API);
    }

    @Test
    void agentUsesWhatRunsInTheClient() {
        mayUse(AGENT, XMPP, LOCAL, SESSION, API);
    }

    @Test
    void serviceStandsAlone() {
        mayUse(SERVICE);
    }

    @Test
    void serviceAloneKnowsTheDatabaseAndItsScanner() {
        noClasses()
                .that()
                .resideOutsideOfPackage(SERVICE)
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.sqlite..", "com.fasterxml.aalto.."))
                .check(BECKON);
    }

    @Test
    void serviceAndWindowAloneKnowNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackages(SERVICE, WINDOW)
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.netty.."))
                .check(BECKON);
    }

    @Test
    void theAgentRunsWithoutTheWindow() {
        noClasses()
                .that()
                .resideInAPackage(AGENT)
                .and()
                .resideOutsideOfPackage(WINDOW)
                .should()
                .dependOnClassesThat(resideInAPackage(WINDOW))
                .check(BECKON);
    }

    @Test
    void commandUsesAgentAndService() {
        mayUse(CLI, AGENT, SERVICE, LOCAL, SESSION, XMPP, API);
    }

    @Test
    void samplesSeeWhatAnApplicationSees() {
        mayUse(SAMPLES, LOCAL, API);
    }

    /** Classes of one module use, of ours, only these others. */
    private static void mayUse(String module, String... others) {
        DescribedPredicate<JavaClass> foreign = resideInAPackage("dev.beckon..")
                .and(DescribedPredicate.not(resideInAPackage(module)))
                .as("of other modules");
        for (String other : others) {
            foreign = foreign.and(DescribedPredicate.not(resideInAPackage(other)));
        }
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(foreign)
                .check(BECKON);
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        return DescribedPredicate.describe(
                "named " + String.join(" or ", names),
                c -> java.util.List.of(names).contains(c.getName()));
    }
}
