/// The messages behind the resources that are served; fields whose messages are not here stay out.
enum ProtobufTables {
    static let all = meta.merging(services) { $1 }.merging(pods) { $1 }.merging(containers) { $1 }

    private static let meta = [
        "ObjectMeta": """
        name=1 generateName=2 namespace=3 selfLink=4 uid=5 resourceVersion=6 generation=7:int creationTimestamp=8:Time
        deletionTimestamp=9:Time deletionGracePeriodSeconds=10:int labels=11% annotations=12%
        ownerReferences=13*:OwnerReference finalizers=14*
        """,
        "OwnerReference": "kind=1 name=3 uid=4 apiVersion=5 controller=6:bool blockOwnerDeletion=7:bool",
        "ListMeta": "selfLink=1 resourceVersion=2 continue=3 remainingItemCount=4:int",
        "Status": "metadata=1:ListMeta status=2 message=3 reason=4 details=5:StatusDetails code=6:int",
        "StatusDetails": "name=1 group=2 kind=3 causes=4*:StatusCause retryAfterSeconds=5:int uid=6",
        "StatusCause": "reason=1 message=2 field=3",
        "Condition": "type=1 status=2 observedGeneration=3:int lastTransitionTime=4:Time reason=5 message=6",
        "Namespace": "metadata=1:ObjectMeta spec=2:NamespaceSpec status=3:NamespaceStatus",
        "NamespaceSpec": "finalizers=1*",
        "NamespaceStatus": "phase=1",
        "ConfigMap": "metadata=1:ObjectMeta data=2% binaryData=3%:bytes immutable=4:bool",
        "Secret": "metadata=1:ObjectMeta data=2%:bytes type=3 stringData=4% immutable=5:bool",
        "LocalObjectReference": "name=1",
        "ObjectReference": "kind=1 namespace=2 name=3 uid=4 apiVersion=5 resourceVersion=6 fieldPath=7",
    ]

    private static let services = [
        "Service": "metadata=1:ObjectMeta spec=2:ServiceSpec status=3:ServiceStatus",
        "ServiceSpec": """
        ports=1*:ServicePort selector=2% clusterIP=3 type=4 externalIPs=5* sessionAffinity=7 loadBalancerIP=8
        loadBalancerSourceRanges=9* externalName=10 externalTrafficPolicy=11 healthCheckNodePort=12:int
        publishNotReadyAddresses=13:bool ipFamilyPolicy=17 clusterIPs=18* ipFamilies=19*
        allocateLoadBalancerNodePorts=20:bool loadBalancerClass=21 internalTrafficPolicy=22 trafficDistribution=23
        """,
        "ServicePort": "name=1 protocol=2 port=3:int targetPort=4:IntOrString nodePort=5:int appProtocol=6",
        "ServiceStatus": "loadBalancer=1:LoadBalancerStatus conditions=2*:Condition",
        "LoadBalancerStatus": "ingress=1*:LoadBalancerIngress",
        "LoadBalancerIngress": "ip=1 hostname=2 ipMode=3",
        "EndpointSlice": "metadata=1:ObjectMeta endpoints=2*:Endpoint ports=3*:EndpointPort addressType=4",
        "Endpoint": """
        addresses=1* conditions=2:EndpointConditions hostname=3 targetRef=4:ObjectReference deprecatedTopology=5%
        nodeName=6 zone=7 hints=8:EndpointHints
        """,
        "EndpointConditions": "ready=1:bool serving=2:bool terminating=3:bool",
        "EndpointHints": "forZones=1*:ForZone",
        "ForZone": "name=1",
        "EndpointPort": "name=1 protocol=2 port=3:int appProtocol=4",
    ]

    private static let pods = [
        "Pod": "metadata=1:ObjectMeta spec=2:PodSpec status=3:PodStatus",
        "PodSpec": """
        containers=2*:Container restartPolicy=3 terminationGracePeriodSeconds=4:int activeDeadlineSeconds=5:int
        dnsPolicy=6 nodeSelector=7% serviceAccountName=8 serviceAccount=9 nodeName=10 hostNetwork=11:bool
        hostPID=12:bool hostIPC=13:bool imagePullSecrets=15*:LocalObjectReference hostname=16 subdomain=17
        schedulerName=19 initContainers=20*:Container automountServiceAccountToken=21:bool hostAliases=23*:HostAlias
        priorityClassName=24 priority=25:int dnsConfig=26:PodDNSConfig shareProcessNamespace=27:bool
        runtimeClassName=29 enableServiceLinks=30:bool preemptionPolicy=31 overhead=32%:Quantity
        setHostnameAsFQDN=35:bool hostUsers=37:bool
        """,
        "HostAlias": "ip=1 hostnames=2*",
        "PodDNSConfig": "nameservers=1* searches=2* options=3*:PodDNSConfigOption",
        "PodDNSConfigOption": "name=1 value=2",
        "PodStatus": """
        phase=1 conditions=2*:PodCondition message=3 reason=4 hostIP=5 podIP=6 startTime=7:Time
        containerStatuses=8*:ContainerStatus qosClass=9 initContainerStatuses=10*:ContainerStatus nominatedNodeName=11
        podIPs=12*:PodIP ephemeralContainerStatuses=13*:ContainerStatus resize=14 hostIPs=16*:PodIP
        """,
        "PodIP": "ip=1",
        "PodCondition": """
        type=1 status=2 lastProbeTime=3:Time lastTransitionTime=4:Time reason=5 message=6 observedGeneration=7:int
        """,
        "ContainerStatus": """
        name=1 state=2:ContainerState lastState=3:ContainerState ready=4:bool restartCount=5:int image=6 imageID=7
        containerID=8 started=9:bool
        """,
        "ContainerState": """
        waiting=1:ContainerStateWaiting running=2:ContainerStateRunning terminated=3:ContainerStateTerminated
        """,
        "ContainerStateWaiting": "reason=1 message=2",
        "ContainerStateRunning": "startedAt=1:Time",
        "ContainerStateTerminated": """
        exitCode=1:int signal=2:int reason=3 message=4 startedAt=5:Time finishedAt=6:Time containerID=7
        """,
    ]

    private static let containers = [
        "Container": """
        name=1 image=2 command=3* args=4* workingDir=5 ports=6*:ContainerPort env=7*:EnvVar
        resources=8:ResourceRequirements volumeMounts=9*:VolumeMount terminationMessagePath=13 imagePullPolicy=14
        stdin=16:bool stdinOnce=17:bool tty=18:bool envFrom=19*:EnvFromSource terminationMessagePolicy=20
        restartPolicy=24
        """,
        "ContainerPort": "name=1 hostPort=2:int containerPort=3:int protocol=4 hostIP=5",
        "VolumeMount": "name=1 readOnly=2:bool mountPath=3 subPath=4 mountPropagation=5 subPathExpr=6",
        "ResourceRequirements": "limits=1%:Quantity requests=2%:Quantity",
        "EnvVar": "name=1 value=2 valueFrom=3:EnvVarSource",
        "EnvVarSource": """
        fieldRef=1:ObjectFieldSelector resourceFieldRef=2:ResourceFieldSelector configMapKeyRef=3:KeySelector
        secretKeyRef=4:KeySelector
        """,
        "ObjectFieldSelector": "apiVersion=1 fieldPath=2",
        "ResourceFieldSelector": "containerName=1 resource=2 divisor=3:Quantity",
        "KeySelector": "+=1:LocalObjectReference key=2 optional=3:bool",
        "EnvFromSource": "prefix=1 configMapRef=2:EnvSource secretRef=3:EnvSource",
        "EnvSource": "+=1:LocalObjectReference optional=2:bool",
    ]
}
