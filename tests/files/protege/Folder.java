import java.io.File;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.MissingImportHandlingStrategy;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** An ontology folder as Protégé opens it: entrepot.ttl, and its imports through the catalog, never online. */
final class Folder {
    final Path path;
    final OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
    final OWLOntology root;

    Folder(String name) throws Exception {
        path = Path.of(name).toRealPath();
        Map<String, Path> files = catalog();
        manager.getIRIMappers().add(iri -> IRI.create(files.getOrDefault(iri.toString(), path.resolve("unmapped")).toUri()));
        manager.setOntologyLoaderConfiguration(manager.getOntologyLoaderConfiguration()
            .setFollowRedirects(false)
            .setMissingImportHandlingStrategy(MissingImportHandlingStrategy.THROW_EXCEPTION));
        root = manager.loadOntologyFromOntologyDocument(path.resolve("entrepot.ttl").toFile());
    }

    private Map<String, Path> catalog() throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        File file = path.resolve("catalog-v001.xml").toFile();
        NodeList entries = factory.newDocumentBuilder().parse(file).getElementsByTagNameNS("*", "uri");
        Map<String, Path> files = new HashMap<>();
        for (int i = 0; i < entries.getLength(); i++) {
            Element entry = (Element) entries.item(i);
            files.putIfAbsent(entry.getAttribute("name"), path.resolve(entry.getAttribute("uri")));
        }
        return files;
    }
}
