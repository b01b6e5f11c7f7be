import java.nio.file.Files;
import java.nio.file.Path;
import org.semanticweb.owlapi.formats.TurtleDocumentFormat;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLOntology;

/** {@code Resave FOLDER OUT} opens a folder and saves every file of it below OUT, as Protégé's "Save all" does. */
public final class Resave {
    public static void main(String[] arguments) throws Exception {
        Folder folder = new Folder(arguments[0]);
        for (OWLOntology ontology : folder.root.importsClosure().toList()) {
            TurtleDocumentFormat turtle = new TurtleDocumentFormat();
            turtle.copyPrefixesFrom(folder.manager.getOntologyFormat(ontology).asPrefixOWLDocumentFormat());
            Path file = Path.of(folder.manager.getOntologyDocumentIRI(ontology).toURI()).toRealPath();
            Path target = Path.of(arguments[1]).resolve(folder.path.relativize(file).toString());
            Files.createDirectories(target.getParent());
            folder.manager.saveOntology(ontology, turtle, IRI.create(target.toUri()));
        }
    }
}
