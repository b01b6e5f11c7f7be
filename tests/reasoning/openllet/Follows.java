import java.io.File;
import openllet.owlapi.OpenlletReasoner;
import openllet.owlapi.OpenlletReasonerFactory;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLDataFactory;
import org.semanticweb.owlapi.model.OWLLiteral;
import org.semanticweb.owlapi.model.OWLNamedIndividual;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;

/**
 * {@code Follows FILE TERM...} prints what Openllet concludes with some classes and properties of an ontology: a line
 * "subject, tab, term, tab, object" for each instance of a class and each value of a property.
 */
public final class Follows {
    public static void main(String[] arguments) throws Exception {
        OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
        OWLOntology ontology = manager.loadOntologyFromOntologyDocument(new File(arguments[0]));
        OWLDataFactory make = manager.getOWLDataFactory();
        OpenlletReasoner reasoner = OpenlletReasonerFactory.getInstance().createReasoner(ontology);
        for (int i = 1; i < arguments.length; i++) {
            IRI term = IRI.create(arguments[i]);
            if (ontology.containsClassInSignature(term)) {
                reasoner.getInstances(make.getOWLClass(term)).entities()
                    .forEach(individual -> print(individual, term, "a"));
            }
            ontology.individualsInSignature().forEach(individual -> {
                if (ontology.containsObjectPropertyInSignature(term)) {
                    reasoner.getObjectPropertyValues(individual, make.getOWLObjectProperty(term)).entities()
                        .forEach(value -> print(individual, term, value.getIRI().toString()));
                }
                if (ontology.containsDataPropertyInSignature(term)) {
                    reasoner.getDataPropertyValues(individual, make.getOWLDataProperty(term))
                        .forEach(value -> print(individual, term, written(value)));
                }
            });
        }
    }

    private static String written(OWLLiteral value) {
        return value.getLiteral() + "^^" + value.getDatatype().getIRI();
    }

    private static void print(OWLNamedIndividual subject, IRI term, String object) {
        System.out.println(subject.getIRI() + "\t" + term + "\t" + object);
    }
}
