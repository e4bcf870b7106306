// What holds the namespaces of a pod.
module roster-operator/e2e/pause

go 1.26.0
