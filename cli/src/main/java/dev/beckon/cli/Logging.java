package dev.beckon.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import dev.beckon.service.ServiceConfig;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Where the log goes. Commands: warnings to standard error. What stays ({@code serve}, {@code agent}): everything from
 * INFO on to a file of its home, kept to five times 5 MB; of {@code serve}, settings say more. In code, since parsing a file would make every
 * command start later.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** What logback calls first, before anything is logged. */
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setTarget("System.err");
        appender.setName("stderr");
        ThresholdFilter warnings = new ThresholdFilter();
        warnings.setLevel("WARN");
        warnings.start();
        appender.addFilter(warnings);
        start(context, appender, new TextLines());
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Sends it to a file, and nothing to standard error any more.
     *
     * @throws Failure HOME, where the folder cannot be made
     */
    static void toFile(Path file) {
        to(rolling(file, new TextLines()), Level.INFO);
    }

    /** Sends the log of a service where its settings say; {@code json} has the last word on its form. */
    static void of(ServiceConfig config, boolean json) {
        ServiceConfig.Log log = config.log();
        Encoder<ILoggingEvent> encoder =
                json || log.format() == ServiceConfig.Log.Format.JSON ? new JsonLines() : new TextLines();
        to(
                log.to() == ServiceConfig.Log.To.FILE
                        ? rolling(config.home().resolve("service.log"), encoder)
                        : standardOutput(encoder),
                Level.convertAnSLF4JLevel(log.level()));
    }

    /** Says less or more from now on. */
    static void level(org.slf4j.event.Level level) {
        root().setLevel(Level.convertAnSLF4JLevel(level));
    }

    private static Logger root() {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static void to(OutputStreamAppender<ILoggingEvent> appender, Level level) {
        Flood flood = new Flood();
        flood.start();
        appender.addFilter(flood);
        Logger root = root();
        root.detachAppender("stderr");
        root.setLevel(level);
        root.addAppender(appender);
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private static OutputStreamAppender<ILoggingEvent> standardOutput(Encoder<ILoggingEvent> encoder) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setTarget("System.out");
        start((LoggerContext) LoggerFactory.getILoggerFactory(), appender, encoder);
        return appender;
    }

    private static OutputStreamAppender<ILoggingEvent> rolling(Path file, Encoder<ILoggingEvent> encoder) {
        Path folder = file.toAbsolutePath().getParent();
        try {
            if (folder != null) {
                makeOwn(folder);
            }
        } catch (IOException e) {
            throw new Failure(
                    Exit.HOME,
                    "the folder " + folder + " cannot be made" + reason(e),
                    "choose another with --home, or make it writable");
        }
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setFile(file.toString());
        FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        rolling.setFileNamePattern(file + ".%i");
        rolling.setMinIndex(1);
        rolling.setMaxIndex(4);
        rolling.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> full = new SizeBasedTriggeringPolicy<>();
        full.setContext(context);
        full.setMaxFileSize(FileSize.valueOf("5MB"));
        full.start();
        appender.setRollingPolicy(rolling);
        appender.setTriggeringPolicy(full);
        start(context, appender, encoder);
        return appender;
    }

    /** Of most file system exceptions the message is the file alone, and the reason their class. */
    private static String reason(IOException e) {
        if (e instanceof FileAlreadyExistsException) {
            return ": there is a file of that name";
        }
        if (e instanceof AccessDeniedException) {
            return ": this user may not";
        }
        String reason = e instanceof FileSystemException of ? of.getReason() : e.getMessage();
        return reason == null ? "" : ": " + reason;
    }

    private static void makeOwn(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder);
        }
    }

    private static void start(
            LoggerContext context, OutputStreamAppender<ILoggingEvent> appender, Encoder<ILoggingEvent> encoder) {
        encoder.setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
    }
}
